"""Number words, ordinals and clock times, made of a few parts."""

from transformer_mt.data.phrasebook.tables import read_numbers
from transformer_mt.data.phrasebook.words import Number

_BELOW_TWENTY = read_numbers("""
two       | zwei
three     | drei
four      | vier
five      | fünf
six       | sechs
seven     | sieben
eight     | acht
nine      | neun
ten       | zehn
eleven    | elf
twelve    | zwölf
thirteen  | dreizehn
fourteen  | vierzehn
fifteen   | fünfzehn
sixteen   | sechzehn
seventeen | siebzehn
eighteen  | achtzehn
nineteen  | neunzehn
""")

TENS = read_numbers("""
twenty    | zwanzig
thirty    | dreißig
forty     | vierzig
fifty     | fünfzig
sixty     | sechzig
seventy   | siebzig
eighty    | achtzig
ninety    | neunzig
""")


def _compounds(tens: Number) -> tuple[Number, ...]:
    """Return twenty-one to twenty-nine, and so on: units first in German."""
    units = (Number("one", "ein"), *_BELOW_TWENTY[:8])
    return tuple(
        Number(f"{tens.english}-{unit.english}", f"{unit.german}und{tens.german}") for unit in units
    )


SMALL_NUMBERS = _BELOW_TWENTY[:11]  # two to twelve
# Two to ninety-nine: NUMBERS[n - 2] is n.
NUMBERS = (*_BELOW_TWENTY, *(n for tens in TENS for n in (tens, *_compounds(tens))))
# The words that all of them are made of.
NUMBER_WORDS = (*_BELOW_TWENTY, *TENS)

# After "the" and "am": of days in a month.
ORDINALS = read_numbers("""
first         | ersten
second        | zweiten
third         | dritten
fourth        | vierten
fifth         | fünften
sixth         | sechsten
seventh       | siebten
eighth        | achten
ninth         | neunten
tenth         | zehnten
eleventh      | elften
twelfth       | zwölften
fifteenth     | fünfzehnten
sixteenth     | sechzehnten
eighteenth    | achtzehnten
twentieth     | zwanzigsten
twenty-first  | einundzwanzigsten
twenty-fourth | vierundzwanzigsten
thirtieth     | dreißigsten
""")

MONTHS = read_numbers("""
January   | Januar
February  | Februar
March     | März
April     | April
May       | Mai
June      | Juni
July      | Juli
August    | August
September | September
October   | Oktober
November  | November
December  | Dezember
""")

# How an hour is told, and how many hours later German counts: "half past two" is "halb drei".
_WAYS = (
    ("{} o'clock", "{} Uhr", 0),
    ("five past {}", "fünf nach {}", 0),
    ("ten past {}", "zehn nach {}", 0),
    ("a quarter past {}", "Viertel nach {}", 0),
    ("twenty past {}", "zwanzig nach {}", 0),
    ("half past {}", "halb {}", 1),
    ("twenty to {}", "zwanzig vor {}", 0),
    ("a quarter to {}", "Viertel vor {}", 0),
    ("ten to {}", "zehn vor {}", 0),
    ("five to {}", "fünf vor {}", 0),
)
_HOURS = (Number("one", "eins"), *SMALL_NUMBERS)


def _clock_times() -> tuple[Number, ...]:
    """Return every five minutes of twelve hours that everyday speech names simply."""
    times = []
    for english, german, later in _WAYS:
        for index, hour in enumerate(_HOURS):
            said = _HOURS[(index + later) % len(_HOURS)].german
            if german == "{} Uhr" and said == "eins":
                said = "ein"
            times.append(Number(english.format(hour.english), german.format(said)))
    return tuple(times)


CLOCK_TIMES = _clock_times()
