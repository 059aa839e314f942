"""Language codes: which tags a code covers, and by which words a column is known to hold it."""

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


_TWO_LETTERS = {
    three: two
    for two, codes in {
        "af": "afr", "am": "amh", "ar": "ara", "az": "aze", "be": "bel", "bg": "bul", "bn": "ben",
        "br": "bre", "bs": "bos", "ca": "cat", "cs": "ces cze", "cy": "cym wel", "da": "dan",
        "de": "deu ger", "el": "ell gre", "en": "eng", "eo": "epo", "es": "spa", "et": "est",
        "eu": "eus baq", "fa": "fas per", "fi": "fin", "fr": "fra fre", "fy": "fry", "ga": "gle",
        "gl": "glg", "gu": "guj", "ha": "hau", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun",
        "hy": "hye arm", "id": "ind", "ig": "ibo", "is": "isl ice", "it": "ita", "ja": "jpn",
        "ka": "kat geo", "kk": "kaz", "km": "khm", "kn": "kan", "ko": "kor", "ku": "kur",
        "ky": "kir", "la": "lat", "lb": "ltz", "lo": "lao", "lt": "lit", "lv": "lav", "mg": "mlg",
        "mk": "mkd mac", "ml": "mal", "mn": "mon", "mr": "mar", "ms": "msa may", "mt": "mlt",
        "my": "mya bur", "nb": "nob", "ne": "nep", "nl": "nld dut", "nn": "nno", "no": "nor",
        "oc": "oci", "pa": "pan", "pl": "pol", "ps": "pus", "pt": "por", "ro": "ron rum",
        "ru": "rus", "si": "sin", "sk": "slk slo", "sl": "slv", "so": "som", "sq": "sqi alb",
        "sr": "srp", "sv": "swe", "sw": "swa", "ta": "tam", "te": "tel", "tg": "tgk", "th": "tha",
        "tl": "tgl", "tr": "tur", "tt": "tat", "ug": "uig", "uk": "ukr", "ur": "urd", "uz": "uzb",
        "vi": "vie", "xh": "xho", "yi": "yid", "yo": "yor", "zh": "zho chi cmn", "zu": "zul",
    }.items()
    for three in codes.split()
}  # fmt: skip


def _normalised(tag: str) -> str:
    """Return a code in lower case, with hyphens, and its language in two letters if it has such."""
    language, hyphen, rest = tag.strip().casefold().replace("_", "-").partition("-")
    return _TWO_LETTERS.get(language, language) + hyphen + rest


def same_language(code: str, tag: str) -> bool:
    """Tell whether two codes are one, whatever their case: `pt_BR` and `por-br` are."""
    return _normalised(code) == _normalised(tag)


def covers(code: str, tag: str) -> bool:
    """Tell whether a text tagged `tag` is in the language `code`: `en` covers `en-GB`."""
    return same_language(code, tag) or _normalised(tag).startswith(f"{_normalised(code)}-")


def words_for(code: str) -> set[str]:
    """Return what a column of this language may be called, case-folded; "" is no language."""
    short = two_letters(code)
    name = _NAMES.get(short)
    known = {short, *(three for three, two in _TWO_LETTERS.items() if two == short)}
    if "-" not in _normalised(code):
        return {word for word in (*known, name) if word}
    return {word for word in (code.strip().casefold(), name) if word}


def two_letters(code: str) -> str:
    """Return the language of a code by ISO 639-1 if it has a place there: `de` for `deu_Latn`."""
    return _normalised(code).partition("-")[0]


def code_of(name: str) -> str | None:
    """Return the code of a language by its English name, None where it is not known as one."""
    folded = name.strip().casefold()
    if len(folded) <= 3:  # "lao" is a code itself
        return None
    return next((code for code, known in _NAMES.items() if known == folded), None)
