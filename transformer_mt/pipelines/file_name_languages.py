"""Which languages the names of corpus files tell: `train.en`, `corpus.en-de.tsv.gz`, `x_en_de.tsv`.

Only codes of ISO 639-1 and the three-letter ones of ISO 639-2 count, lest `old.txt` and `new.txt`
become languages. Those that are words of file names ("new", "run", "all") are left out too.
"""

from __future__ import annotations

import re
from pathlib import Path

_TWO_LETTERS = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv
dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie
ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv
mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm
rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_THREE_LETTERS = """
aar abk ace ach ada ady afr aka alb amh ang ara arc arg arm arn arp asm ast ava ave awa aym aze bak
bal bam ban baq bas bej bel bem ben bho bik bin bis bla bod bos bre bua bug bul bur byn cat ceb ces
cha che chi chk chm cho chr chu chv chy cmn cop cor cos cre crh csb cym cze dak dan deu din div doi
dsb dua dut dyu dzo efi ell eng enm epo est eus ewe ewo fao fas fij fil fin fon fra fre frm fro frr
fry ful fur gaa gay geo ger gez gil gla gle glg glv gon gor got grc gre grn gsw guj hai hat hau haw
heb hil hin hit hmn hmo hrv hsb hun hup hye iba ibo ice ido iii iku ile ilo ina ind inh ipk isl ita
jav jbo jpn kaa kab kac kal kam kan kas kat kau kaz kbd kha khm kik kin kir kmb kok kom kon kor kos
kpe krc krl kru kua kum kur lad lah lao lat lav lez lim lin lit loz ltz lua lub lug lun luo lus mac
mad mag mah mai mak mal mao mar mas mdf mic mkd mlg mlt mni moh mon mos mri msa mus mwl mwr mya myv
nap nau nav nbl nde ndo nds nep nia niu nld nno nob nog nor nqo nso nya nym nyn nyo oci oji ori orm
oss pag pam pan pap pau pli pol pon por pus que raj rap rar roh rom ron rum rup rus sag sah san sas
sat scn sco shn sin slk slo slv sma sme smi smj smn smo sms sna snd snk som sot spa sqi srd srn srp
ssw suk sun sus swa swe syr tah tam tat tel tem tet tgk tgl tha tib tig tir tiv tlh tli tmh ton tpi
tsi tsn tso tuk tum tur tvl twi tyv udm uig ukr umb urd uzb vai ven vie vol vot war wel wln wol xal
xho yao yap yid yor yue zap zha zho zul zun zza
"""
_CODES = frozenset(f"{_TWO_LETTERS} {_THREE_LETTERS}".split())
_ENDINGS = {".gz", ".xz", ".zst", ".txt", ".tsv", ".csv", ".json", ".jsonl", ".ndjson", ".parquet"}
_ENDINGS |= {".pq", ".tmx", ".zip"}
# pt_BR, es-419, zho_Hans: a region, or one of the scripts that such codes usually name.
_REGION = (
    "[A-Z]{2}|419|Arab|Armn|Beng|Cyrl|Deva|Ethi|Geor|Grek|Gujr|Guru|Hang|Hans|Hant|Hebr|Jpan|Khmr"
    "|Knda|Laoo|Latn|Mlym|Mymr|Olck|Orya|Sinh|Taml|Telu|Tfng|Thai|Tibt"
)
_CODE = re.compile(f"([a-z]+)(?:[-_](?:{_REGION}))?")
_WELL_FORMED = re.compile("[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")


def is_well_formed(code: str) -> bool:
    """Tell whether a code looks like one: `en`, `pt-BR`, `zho_Hans`."""
    return _WELL_FORMED.fullmatch(code) is not None


def language_of_side(path: Path) -> str | None:
    """Return the language that the name of a file of one language tells, None if it tells none.

    It is the last part of the name, or the only code between its dots.
    """
    stem = _without_endings(path)
    parts = _parts(stem)
    if _is_code(parts[-1]):
        return parts[-1]
    found = {part for part in stem.split(".") if _is_code(part)}
    return found.pop() if len(found) == 1 else None


def languages_of_pairs(path: Path) -> tuple[str, str] | None:
    """Return source and target language that the name of a file of pairs tells, or None.

    They are the only two codes in the name, and stand side by side.
    """
    parts = _parts(_without_endings(path))
    found = set()
    place = 0
    while place + 1 < len(parts):
        source, target = parts[place : place + 2]
        if _is_code(source) and _is_code(target) and source != target:
            found.add((source, target))
            place += 1
        place += 1
    codes = {part for part in parts if _is_code(part)}
    return found.pop() if len(found) == 1 and len(codes) == 2 else None


def _without_endings(path: Path) -> str:
    name = Path(path.name)
    while name.suffix.lower() in _ENDINGS:
        name = name.with_suffix("")
    return name.name


def _parts(stem: str) -> list[str]:
    """Cut a name at dots, hyphens and underscores; a region stays with its language."""
    pieces = re.split("([._-])", stem)
    parts = [pieces[0]]
    for separator, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if separator != "." and parts[-1] in _CODES and re.fullmatch(_REGION, piece):
            parts[-1] += separator + piece
        else:
            parts.append(piece)
    return parts


def _is_code(part: str) -> bool:
    match = _CODE.fullmatch(part)
    return match is not None and match[1] in _CODES
