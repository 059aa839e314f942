"""Language codes: which tags a code covers, and by which words a column is known to hold it."""

import re

_NAMES = {
    "af": "afrikaans", "am": "amharic", "ar": "arabic", "az": "azerbaijani", "be": "belarusian",
    "bg": "bulgarian", "bn": "bengali", "br": "breton", "bs": "bosnian", "ca": "catalan",
    "cs": "czech", "cy": "welsh", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian",
    "fi": "finnish", "fr": "french", "fy": "frisian", "ga": "irish", "gl": "galician",
    "gu": "gujarati", "ha": "hausa", "he": "hebrew", "hi": "hindi", "hr": "croatian",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "ig": "igbo", "is": "icelandic",
    "it": "italian", "ja": "japanese", "ka": "georgian", "kk": "kazakh", "km": "khmer",
    "kn": "kannada", "ko": "korean", "ku": "kurdish", "ky": "kyrgyz", "la": "latin",
    "lb": "luxembourgish", "lo": "lao", "lt": "lithuanian", "lv": "latvian", "mg": "malagasy",
    "mk": "macedonian", "ml": "malayalam", "mn": "mongolian", "mr": "marathi", "ms": "malay",
    "mt": "maltese", "my": "burmese", "nb": "norwegian", "ne": "nepali", "nl": "dutch",
    "nn": "norwegian", "no": "norwegian", "oc": "occitan", "pa": "punjabi", "pl": "polish",
    "ps": "pashto", "pt": "portuguese", "ro": "romanian", "ru": "russian", "si": "sinhala",
    "sk": "slovak", "sl": "slovenian", "so": "somali", "sq": "albanian", "sr": "serbian",
    "sv": "swedish", "sw": "swahili", "ta": "tamil", "te": "telugu", "tg": "tajik", "th": "thai",
    "tl": "tagalog", "tr": "turkish", "tt": "tatar", "ug": "uyghur", "uk": "ukrainian",
    "ur": "urdu", "uz": "uzbek", "vi": "vietnamese", "xh": "xhosa", "yi": "yiddish",
    "yo": "yoruba", "zh": "chinese", "zu": "zulu",
}  # fmt: skip


def _normalised(tag: str) -> str:
    return tag.strip().casefold().replace("_", "-")


def same_language(code: str, tag: str) -> bool:
    """Tell whether two codes are one, whatever their case: `pt_BR` and `pt-br` are."""
    return _normalised(code) == _normalised(tag)


def covers(code: str, tag: str) -> bool:
    """Tell whether a text tagged `tag` is in the language `code`: `en` covers `en-GB`."""
    return same_language(code, tag) or _normalised(tag).startswith(f"{_normalised(code)}-")


def words_for(code: str) -> set[str]:
    """Return what a column of this language may be called, case-folded; "" is no language."""
    folded = code.strip().casefold()
    name = _NAMES.get(re.split("[-_]", folded)[0])
    return {word for word in (folded, name) if word}


def code_of(name: str) -> str | None:
    """Return the code of a language by its English name, None where it is not known as one."""
    folded = name.strip().casefold()
    if len(folded) <= 3:  # "lao" is a code itself
        return None
    return next((code for code, known in _NAMES.items() if known == folded), None)
