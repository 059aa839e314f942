"""Numbers written as words: in English, German, French (Czech a little), or Chinese numerals."""

import re

_WORDS = {
    1: "one first ein eine einen einem einer eines eins erste ersten erster erstes un une premier "
    "première",
    2: "two second zwei zweite zweiten zweiter zweites deux deuxième",
    3: "three third drei dritte dritten dritter drittes trois troisième",
    4: "four fourth vier vierte vierten vierter viertes quatre quatrième",
    5: "five fifth fünf fünfte fünften fünfter fünftes cinq cinquième",
    6: "six sixth sechs sechste sechsten sechster sechstes sixième",
    7: "seven seventh sieben siebte siebten siebter siebtes sept septième",
    8: "eight eighth acht achte achten achter achtes huit huitième",
    9: "nine ninth neun neunte neunten neunter neuntes neuf neuvième",
    10: "ten tenth zehn zehnte zehnten zehnter zehntes dix dixième",
    11: "eleven eleventh elf elfte elften elfter elftes onze onzième",
    12: "twelve twelfth zwölf zwölfte zwölften zwölfter zwölftes douze douzième",
}
_VALUES = {word: str(value) for value, words in _WORDS.items() for word in words.split()}
_WORD = re.compile(r"[^\W\d_]+")

_DIGITS = {character: digit for digit, character in enumerate("〇一二三四五六七八九")}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile("[〇一二三四五六七八九十百千]+")

# Above twelve, without telling which: "hundertfünfzig", "nineties", "siècle". Not millions: they
# stand beside numbers with digits.
_LARGE = re.compile(
    r"hundred|thousand|teen(?!ag)|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)t(?:y|ie)|centur|"
    r"hundert|tausend|(?<!jahr)zehn|(?:zwan|vier|fünf|sech|sieb|acht|neun)zig|dreißig|"
    r"(?<!per )\bcents?\b|\bmille\b|vingt|trente|quarante|cinquante|soixante|siècle|"
    "desát|dcet|tisíc|"
    "[〇一二三四五六七八九十百千万億]",
    re.IGNORECASE,
)


def values_in_words(text: str) -> set[str]:
    """Return the numbers up to twelve that a text has as words, and all in Chinese numerals."""
    values = {_VALUES[word] for word in _WORD.findall(text.lower()) if word in _VALUES}
    return values | {str(_value(numeral)) for numeral in _NUMERAL.findall(text)}


def has_large_number_word(text: str) -> bool:
    """Tell whether a text has a word for some number above twelve."""
    return bool(_LARGE.search(text))


def _value(numeral: str) -> int:
    """Return what a Chinese numeral says, be it 四十六 or 一九四六."""
    if not any(character in _POWERS for character in numeral):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    value, digit = 0, 0
    for character in numeral:
        if character in _POWERS:
            value += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return value + digit
