"""Clock times, days and durations, and what happens when."""

from transformer_mt.data.phrasebook.lexicon import CLOCK_TIMES, NOUNS, NUMBERS, SMALL_NUMBERS, TIMES
from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.usage import VERB, nouns_of
from transformer_mt.data.phrasebook.words import Number

# without "five past" and the like, at which nothing opens or begins
ROUND_TIMES = tuple(
    time
    for time in CLOCK_TIMES
    if time.english.startswith(("a quarter", "half")) or "o'" in time.english
)
# English | German
WEEKDAYS = tuple(
    (time.english, time.german)
    for time in TIMES
    if time.english in ("today", "tomorrow")
    or (time.english.startswith("on ") and time.english != "on the weekend")
)
EVENTS = nouns_of("event")

MORNING = "six seven eight nine ten"
AFTERNOON = "one two three four five six seven"
EVENING = "eight nine ten eleven twelve"


def at_hours(times: tuple[Number, ...], hours: str) -> tuple[Number, ...]:
    """Return the clock times that name one of these hours."""
    return tuple(
        time for time in times if time.english.removesuffix(" o'clock").split()[-1] in hours.split()
    )


# what one does at a certain time of a day: verb | English rest | German rest | hours
ROUTINES = tuple(
    (VERB[verb], english, german, at_hours(CLOCK_TIMES, hours))
    for verb, english, german, hours in (
        ("aufstehen", "", "", MORNING),
        ("frühstücken", "", "", MORNING),
        ("duschen", "", "", MORNING),
        ("gehen", "to bed", "ins Bett", EVENING),
        ("gehen", "home", "nach Hause", AFTERNOON),
        ("fahren", "to work", "zur Arbeit", MORNING),
        ("fahren", "home", "nach Hause", AFTERNOON),
        ("kommen", "home", "nach Hause", AFTERNOON),
    )
)
# when banks and museums open and close
BUSINESS_HOURS = {
    "öffnen": at_hours(ROUND_TIMES, "seven eight nine ten"),
    "schließen": at_hours(ROUND_TIMES, "four five six seven eight nine"),
}
ROUTINE_TIMES = tuple(
    time
    for time in TIMES
    if time.english in ("every day", "today", "tomorrow", "yesterday", "usually", "often")
    or time.english.startswith("on ")
)

# where one meets: English | German
MEETING_PLACES = tuple(
    (english, german)
    for english, german in read_rows("""
in front of the theater       | vor dem Theater
in front of the movie theater | vor dem Kino
in front of the church        | vor der Kirche
in front of the museum        | vor dem Museum
in front of the hotel         | vor dem Hotel
in front of the library       | vor der Bibliothek
in front of the bank          | vor der Bank
in front of the supermarket   | vor dem Supermarkt
in front of the zoo           | vor dem Zoo
in front of the stadium       | vor dem Stadion
in front of the university    | vor der Universität
at the train station          | am Bahnhof
at the bus stop               | an der Bushaltestelle
at the airport                | am Flughafen
in the café                   | im Café
in the park                   | im Park
in the restaurant             | im Restaurant
on the bridge                 | auf der Brücke
""")
)

# "for three years": number and noun in the dative
_UNITS = {noun.english: noun for noun in NOUNS if "unit" in noun.kinds}


def _durations(
    *units: str, numbers: tuple[Number, ...] = SMALL_NUMBERS
) -> tuple[tuple[str, str], ...]:
    """Return "two days" and "zwei Tagen" and so on for these units, and one of each."""
    spans = []
    for unit in units:
        noun = _UNITS[unit]
        one = "einer" if noun.gender == "f" else "einem"
        dative = noun.german_plural + ("" if noun.german_plural.endswith("n") else "n")
        spans.append((f"{'an' if unit == 'hour' else 'a'} {unit}", f"{one} {noun.german}"))
        spans += [
            (f"{number.english} {noun.english_plural}", f"{number.german} {dative}")
            for number in numbers
        ]
    return tuple(spans)


LONG_SPANS = _durations("week", "month", "year")
# nobody counts one minute
SHORT_SPANS = _durations("hour", numbers=NUMBERS[:2]) + tuple(
    span for span in _durations("minute", numbers=NUMBERS[:24]) if not span[0].startswith("a ")
)

# what the weather is like: English | German
WEATHERS = tuple(
    (english, german)
    for english, german in read_rows("""
cold       | kalt
very cold  | sehr kalt
warm       | warm
hot        | heiß
very hot   | sehr heiß
windy      | windig
very windy | sehr windig
sunny      | sonnig
cloudy     | bewölkt
foggy      | neblig
""")
)
WEATHER_PLACES = tuple(
    (english, german)
    for english, german in read_rows("""
in Berlin        | in Berlin
in Hamburg       | in Hamburg
in Munich        | in München
in Cologne       | in Köln
in Vienna        | in Wien
in London        | in London
in Rome          | in Rom
in Germany       | in Deutschland
in Switzerland   | in der Schweiz
in Sweden        | in Schweden
in the mountains | in den Bergen
at the lake      | am See
at the beach     | am Strand
""")
)
# "Wird es bewölkt?" asks for another verb
FORESEEN = tuple(weather for weather in WEATHERS if weather[0] != "cloudy")
# "is", "was" or "will be", and the days: English | German
WEATHER_DAYS = tuple(
    (verb, english, german)
    for verb, english, german in read_rows("""
is   | today             | heute
is   | now               | jetzt
was  | yesterday         | gestern
was  | this morning      | heute Morgen
was  | last week         | letzte Woche
was  | yesterday evening | gestern Abend
will | tomorrow          | morgen
will | this evening      | heute Abend
will | on the weekend    | am Wochenende
will | next week         | nächste Woche
""")
)
