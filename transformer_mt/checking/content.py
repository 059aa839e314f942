"""Suspects that show in the text of one side: wrong decoding, markup, outer space."""

import re

from transformer_mt.checking.chunk import Chunk

_ENTITY_OR_TAG = re.compile(
    r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|"
    r"amp|lt|gt|quot|apos|nbsp|copy|reg|hellip|[mn]dash|[lr][ds]?quo|[lr]aquo|bull|middot|deg|"
    r"euro|szlig|[aeiouyAEIOUY](?:uml|acute|grave|circ|ring)|[nNaAoO]tilde|[cC]cedil);"
    r"|</?(?:a|abbr|b|big|br|center|cite|code|dd|div|dl|dt|em|font|h[1-6]|hr|i|img|input|li|"
    r"nobr|ol|option|p|pre|ref|s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|"
    r"th|tr|tt|u|ul)(?:\s[^<>\n]{0,500})?/?>"
    r"|<!--|-->|<!\[CDATA\["
)

# What the bytes 0x80 to 0xBF of UTF-8 look like when read as Windows-1252 or ISO-8859-1.
_CONTINUATION = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
# Two or more letters such as "Ã" or "Ð", each with what looks like its continuation bytes. Only a
# few can stand alone: "ß“" closes many a German quotation.
_MOJIBAKE = re.compile(
    f"Ã[\x80-\xbf€ƒŸžŒœŠšŽ„…†‡ˆ‰‹•–—˜™›]|Â[\xa0-\xbf\x80-\x9f]|â€|ï»¿|ï¿½|ðŸ|"
    f"(?:[ÅÄ][\x80-\xbf‚ƒ…†‡ˆ‰•˜™](?=\\w))|"
    f"(?:[Î-Ù][{_CONTINUATION}]){{2}}|(?:[à-ï][{_CONTINUATION}]{{2}}){{2}}|\ufffd"
)
_NON_ASCII = re.compile("[^\x00-\x7f]")


def check_content(chunk: Chunk) -> None:
    """Find text that seems wrongly decoded, HTML left over, and space at an end."""
    for side, lines in chunk.sides():
        for row, text in enumerate(lines.texts):
            # A blank side is empty, which is worse.
            if text and (text[0].isspace() or text[-1].isspace()) and not text.isspace():
                chunk.found.add("outer_space", row, side)
        for row, match in lines.matches(_ENTITY_OR_TAG):
            chunk.found.add("markup", row, side, match[0][:30])
        if _NON_ASCII.search(lines.joined):
            for row, match in lines.matches(_MOJIBAKE):
                if row not in chunk.undecoded:
                    chunk.found.add("mojibake", row, side, match[0])
