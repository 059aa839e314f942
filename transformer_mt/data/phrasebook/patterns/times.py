"""Patterns: what time it is, when things happen, dates, ages, durations, the weather."""

from transformer_mt.data.phrasebook.constituents import (
    THE,
    NounPhrase,
    Subject,
    copula,
    join,
    possessive,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import (
    CLOCK_TIMES,
    LANGUAGES,
    MONTHS,
    NUMBERS,
    ORDINALS,
)
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask, state
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    draw_subject,
    genitive_subjects,
    is_you,
    not_us,
    noun_subject,
    noun_subjects,
    suits,
)
from transformer_mt.data.phrasebook.scenes import draw_tense
from transformer_mt.data.phrasebook.topics.situations import PLACE
from transformer_mt.data.phrasebook.topics.timetables import (
    EVENTS,
    FORESEEN,
    LONG_SPANS,
    ROUTINE_TIMES,
    ROUTINES,
    SHORT_SPANS,
    WEATHER_DAYS,
    WEATHER_PLACES,
    WEATHERS,
)
from transformer_mt.data.phrasebook.usage import VERB, nouns_of


def clock(draw: Draw) -> Pair:
    """Tell the time: Es ist halb drei."""
    time = draw.choose(CLOCK_TIMES)
    english, german = draw.choose((("", ""), ("already", "schon"), ("almost", "fast")))
    english, german = join(english, time.english), join(german, time.german)
    combination = ("sein", "Uhrzeit", german)
    if "fast" not in german and draw.chance(0.25):
        return Pair(
            sentence("is it", english, end="?"), sentence("ist es", german, end="?"), combination
        )
    return Pair(sentence("it is", english), sentence("es ist", german), combination)


def routine(draw: Draw) -> Pair:
    """Show what one does at what time: Ich stehe jeden Tag um halb sieben auf."""
    verb, english_rest, german_rest, clock_times = draw.choose(ROUTINES)
    subject = draw_subject(draw, lambda subject: suits(subject, verb))
    clock_time = draw.choose(clock_times)
    # one goes to bed tonight, not today
    in_bed = german_rest == "ins Bett"
    time = draw.choose([t for t in ROUTINE_TIMES if not (in_bed and t.english == "today")])
    use = "habit" if {"habit", "custom"} & set(time.uses) else "past"
    if "plan" in time.uses:
        use = draw.choose(("plan", "modal", "past")) if "recent" in time.uses else "plan"
        use = "modal" if use == "plan" and draw.chance(0.5) else use
    forms = predicate(verb, draw_tense(draw, use), subject.person)
    adverb = time.english if "middle" in time.traits else ""
    last = "" if adverb else time.english
    clause = Clause(
        subject,
        forms,
        join(english_rest, f"at {clock_time.english}", last),
        join(time.german, f"um {clock_time.german}", german_rest),
        adverb,
    )
    combination = (
        verb.infinitive,
        join("um", clock_time.german, german_rest),
        time.german,
    )
    return state(clause, combination)


def date(draw: Draw) -> Pair:
    """Tell dates: Mein Geburtstag ist am dritten Mai."""
    ordinal, month = draw.choose(ORDINALS), draw.choose(MONTHS)
    english = f"the {ordinal.english} of {month.english}"
    german = f"{ordinal.german} {month.german}"
    kind = draw.choose(("today", "birthday", "birthday", "event", "trip"))
    if kind == "today":
        target = sentence("heute ist der", german.replace("ten ", "te ", 1))
        return Pair(sentence("today is", english), target, ("sein", "heute", german))
    if kind == "birthday":
        owner = PRONOUN[draw.choose(("I", "he", "she"))]
        (noun,) = nouns_of("birthday")
        phrase = NounPhrase(noun, possessive(owner))
        if draw.chance(0.5):
            phrase = NounPhrase(noun, *draw.choose(genitive_subjects()))
    else:
        phrase = NounPhrase(draw.choose(DATED), THE)
    if kind == "trip":
        return _dated_trip(draw, english, german)
    subject = noun_subject(phrase)
    clause = Clause(subject, copula("third"), f"on {english}", f"am {german}")
    combination = ("sein", subject.german, german)
    if not_us(subject) and draw.chance(0.3):
        return ask(clause, combination)
    return state(clause, combination)


# what takes place on one day
DATED = tuple(noun for noun in EVENTS if noun.english not in ("movie", "course"))


def _dated_trip(draw: Draw, english: str, german: str) -> Pair:
    """Return a trip on a date: Wir fliegen am fünften Mai nach Rom."""
    verb = VERB[draw.choose(("fliegen", "reisen"))]
    goals = [place for place in PLACE.values() if verb.english in place.travel]
    place = draw.choose(goals)
    subject = draw_subject(draw, lambda subject: suits(subject, verb))
    forms = predicate(verb, "progressive", subject.person)
    clause = Clause(
        subject, forms, join(place.english_to, "on", english), join("am", german, place.german_to)
    )
    combination = (verb.infinitive, place.german_to, german)
    return state(clause, combination)


def age(draw: Draw) -> Pair:
    """Tell and ask ages: Meine Tochter ist acht Jahre alt."""
    subject = draw.choose((*AGED, *AGED, *(s for s in noun_subjects() if _has_young_age(s))))
    if draw.chance(0.1) and not subject.english.startswith(("my ", "our ")):
        clause = Clause(subject, copula(subject.person), "", "")
        return Pair(
            sentence("how old", clause.english_question, end="?"),
            sentence("wie alt", clause.verb_first, end="?"),
            ("sein", subject.name, "wie alt"),
        )
    youngest, oldest = (2, 14) if subject.is_minor else (13, 45)
    if "grand" in subject.english:
        youngest, oldest = 65, 95
    elif subject.english.endswith(("father", "mother", "boss", "uncle", "aunt")):
        youngest, oldest = 45, 69
    number = draw.choose(NUMBERS[youngest - 2 : oldest - 1])
    clause = Clause(
        subject,
        copula(subject.person),
        f"{number.english} years old",
        f"{number.german} Jahre alt",
    )
    combination = ("sein", subject.name, number.german)
    if not subject.english.startswith(("my ", "our ")) and draw.chance(0.35):
        return ask(clause, combination)
    return state(clause, combination)


def _has_young_age(subject: Subject) -> bool:
    return subject.is_minor and subject.person == "third"


AGED = tuple(
    subject
    for subject in noun_subjects()
    if subject.person == "third"
    and subject.english.split()[-1]
    in (
        "father",
        "mother",
        "grandfather",
        "grandmother",
        "brother",
        "sister",
        "uncle",
        "aunt",
        "cousin",
        "boss",
    )
)


def since(draw: Draw) -> Pair:
    """Show "seit" with the dative and the present: Sie wohnt seit drei Jahren in Berlin."""
    # what strangers and the person spoken to did so long is not told
    subject = draw_subject(
        draw,
        lambda subject: (
            not is_you(subject)
            and not subject.is_minor
            and not subject.english.startswith("the ")
            and "grand" not in subject.english
        ),
    )
    kind = draw.choose(("live", "work", "learn", "wait", "how long"))
    have = "has" if subject.person == "third" else "have"
    place = PLACE[draw.choose(HOMES)]
    spans = SHORT_SPANS if kind == "wait" else LONG_SPANS
    english_span, german_span = draw.choose(spans)
    if kind == "wait":
        awaited = draw.choose(nouns_of("ride"))
        phrase = NounPhrase(awaited, THE)
        verb, done = VERB["warten"], join("been waiting for", phrase.english)
        german_rest = join("auf", phrase.german("accusative"))
    elif kind == "learn":
        english_language, german_rest = draw.choose(LANGUAGES)
        verb, done = VERB["lernen"], f"been learning {english_language}"
    elif kind == "work":
        place = PLACE[draw.choose(WORKPLACES)]
        verb, done, german_rest = VERB["arbeiten"], f"worked {place.english_at}", place.german_at
    else:
        verb, done, german_rest = VERB["wohnen"], f"lived {place.english_at}", place.german_at
    if kind == "how long":
        asked = draw_subject(draw, lambda asked: not_us(asked) and "grand" not in asked.english)
        clause = Clause(asked, predicate(verb, "simple", asked.person), "", "")
        have = "has" if asked.person == "third" else "have"
        return Pair(
            sentence("how long", have, asked.english, done, end="?"),
            sentence("wie lange", clause.verb_first, "schon", german_rest, end="?"),
            (verb.infinitive, german_rest, "wie lange"),
        )
    clause = Clause(
        subject,
        predicate(verb, "simple", subject.person),
        "",
        join("seit", german_span, german_rest),
    )
    return Pair(
        sentence(subject.english, have, done, "for", english_span),
        sentence(clause.verb_second),
        (verb.infinitive, german_rest, german_span),
    )


HOMES = (
    *("Berlin", "Hamburg", "Munich", "Cologne", "Vienna", "London", "Paris", "Rome", "Germany"),
    *("Austria", "Switzerland", "Italy", "France", "Spain", "Sweden"),
)
WORKPLACES = (
    *("hotel", "restaurant", "café", "hospital", "library", "bookstore", "bakery", "pharmacy"),
    *("bank", "post office", "supermarket", "airport", "university", "museum", "zoo", "theater"),
)


def weather(draw: Draw) -> Pair:
    """Tell the weather, now, then and soon: In Berlin war es gestern kalt."""
    verb, english_day, german_day = draw.choose(WEATHER_DAYS)
    english, german = draw.choose(FORESEEN if verb == "will" else WEATHERS)
    english_place, german_place = draw.choose(WEATHER_PLACES)
    finite = {"is": "ist", "was": "war", "will": "wird"}[verb]
    combination = (finite, german_place, join(german_day, german))
    be = "be" if verb == "will" else ""
    if draw.chance(0.3):
        return Pair(
            sentence(verb, "it", be, english, english_place, english_day, end="?"),
            sentence(finite, "es", german_day, german_place, german, end="?"),
            combination,
        )
    return Pair(
        sentence("it", verb, be, english, english_place, english_day),
        sentence(german_place, finite, "es", german_day, german),
        combination,
    )
