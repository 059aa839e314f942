"""Patterns: what leaves, arrives, opens and begins when, and where one meets."""

from dataclasses import replace

from transformer_mt.data.phrasebook.constituents import (
    THE,
    NounPhrase,
    copula,
    join,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import NUMBERS
from transformer_mt.data.phrasebook.patterns.pair import Combination, Pair, ask, state
from transformer_mt.data.phrasebook.patterns.travel import draw_line
from transformer_mt.data.phrasebook.people import noun_subject
from transformer_mt.data.phrasebook.topics.timetables import (
    BUSINESS_HOURS,
    EVENTS,
    MEETING_PLACES,
    ROUND_TIMES,
    WEEKDAYS,
)
from transformer_mt.data.phrasebook.topics.tours import CITIES, OFFICES
from transformer_mt.data.phrasebook.usage import VERB, nouns_of


def _ask_when(clause: Clause, combination: Combination) -> Pair:
    """Ask for the time of what the clause says."""
    return Pair(
        sentence("when", clause.english_question, end="?"),
        sentence("wann", clause.verb_first, end="?"),
        combination,
    )


def departure(draw: Draw) -> Pair:
    """Tell when a train leaves: Der Zug nach Berlin fährt um halb neun ab."""
    subject, name = draw_line(draw)
    verb = VERB["abfahren"]
    form = draw.choose(("time", "time", "time", "day", "track", "when", "minutes", "ask"))
    number = draw.choose(NUMBERS[:19])
    clock = draw.choose(ROUND_TIMES)
    day = draw.choose(WEEKDAYS)
    english, german = f"at {clock.english}", f"um {clock.german}"
    if form == "day":
        english, german = join(english, day[0]), join(day[1], german)
    elif form == "track" and "Zug" in name:
        english, german = f"from track {number.english}", f"von Gleis {number.german}"
    elif form == "minutes":
        english, german = f"in {number.english} minutes", f"in {number.german} Minuten"
    elif form == "when":
        english, german = day
    forms = predicate(verb, "simple", "third", do_support=form in ("when", "ask"))
    clause = Clause(subject, forms, english, german)
    combination = (verb.infinitive, name, join("wann" if form == "when" else "", german))
    if form == "ask":
        return ask(clause, combination)
    if form == "when":
        return _ask_when(clause, combination)
    return state(clause, combination)


def arrival(draw: Draw) -> Pair:
    """Tell when something arrives: Der Bus aus Köln kommt um Viertel nach acht an."""
    english_city, german_city = draw.choose(CITIES)
    lands = draw.chance(0.3)
    vehicle = draw.choose(nouns_of("plane" if lands else "line"))
    verb = VERB["landen" if lands else "ankommen"]
    phrase = NounPhrase(vehicle, THE)
    name = f"{vehicle.german} aus {german_city}"
    subject = replace(
        noun_subject(phrase),
        english=f"{phrase.english} from {english_city}",
        german=f"{phrase.german('nominative')} aus {german_city}",
    )
    clock = draw.choose(ROUND_TIMES)
    form = draw.choose(("state", "state", "ask", "when"))
    forms = predicate(verb, "simple", "third", do_support=form != "state")
    if form == "when":
        english, german = draw.choose(WEEKDAYS)
        clause = Clause(subject, forms, english, german)
        return _ask_when(clause, (verb.infinitive, name, f"wann {german}"))
    clause = Clause(subject, forms, f"at {clock.english}", f"um {clock.german}")
    combination = (verb.infinitive, name, clause.german_middle)
    if form == "ask":
        return ask(clause, combination)
    return state(clause, combination)


def opening(draw: Draw) -> Pair:
    """Tell when something opens: Die Bank schließt am Freitag um halb sechs."""
    noun = draw.choose(OFFICES)
    subject = noun_subject(NounPhrase(noun, THE))
    english_day, german_day = draw.choose(WEEKDAYS)
    if draw.chance(0.35):
        english, german = draw.choose((("open", "geöffnet"), ("closed", "geschlossen")))
        clause = Clause(
            subject, copula("third"), join(english, english_day), join(german_day, german)
        )
        combination = ("sein", noun.german, join(german_day, german))
        return (
            ask(clause, combination)
            if draw.chance(0.5)
            else Pair(sentence(clause.english), sentence(clause.verb_second), combination)
        )
    verb = VERB[draw.choose(("öffnen", "schließen"))]
    if draw.chance(0.3):
        forms = predicate(verb, "simple", "third", do_support=True)
        clause = Clause(subject, forms, english_day, german_day)
        return _ask_when(clause, (verb.infinitive, noun.german, f"wann {german_day}"))
    clock = draw.choose(BUSINESS_HOURS[verb.infinitive])
    with_day = draw.chance(0.4)
    english = join(f"at {clock.english}", english_day if with_day else "")
    german = join(german_day if with_day else "", f"um {clock.german}")
    clause = Clause(subject, predicate(verb, "simple", "third"), english, german)
    return Pair(
        sentence(clause.english),
        sentence(clause.verb_second),
        (verb.infinitive, noun.german, german),
    )


def event_time(draw: Draw) -> Pair:
    """Tell when something begins: Das Konzert beginnt morgen um acht Uhr."""
    noun = draw.choose(EVENTS)
    subject = noun_subject(NounPhrase(noun, THE))
    verb = VERB[draw.choose(("beginnen", "beginnen", "enden"))]
    english_day, german_day = draw.choose(WEEKDAYS)
    form = draw.choose(("state", "state", "ask", "when"))
    forms = predicate(verb, "simple", "third", do_support=form != "state")
    if form == "when":
        clause = Clause(subject, forms, english_day, german_day)
        return _ask_when(clause, (verb.infinitive, noun.german, f"wann {german_day}"))
    time = draw.choose(ROUND_TIMES)
    with_day = draw.chance(0.5)
    english = join(f"at {time.english}", english_day if with_day else "")
    german = join(german_day if with_day else "", f"um {time.german}")
    clause = Clause(subject, forms, english, german)
    combination = (verb.infinitive, noun.german, german)
    if form == "ask":
        return ask(clause, combination)
    return state(clause, combination)


def meet_up(draw: Draw) -> Pair:
    """Show "sich treffen": Wir treffen uns um halb neun vor dem Theater."""
    english_place, german_place = draw.choose(MEETING_PLACES)
    time = draw.choose(ROUND_TIMES)
    english_time, german_time = f"at {time.english}", f"um {time.german}"
    if draw.chance(0.5):
        english_time, german_time = draw.choose(WEEKDAYS)
    english_rest, german_rest = join(english_place, english_time), join(german_time, german_place)
    combination = ("treffen", german_place, german_time)
    form = draw.choose(("state", "suggest", "ask"))
    if form == "suggest":
        return Pair(
            sentence("let us meet", english_rest),
            sentence("treffen wir uns", german_rest),
            combination,
        )
    if form == "ask":
        return Pair(
            sentence("shall we meet", english_rest, end="?"),
            sentence("wollen wir uns", german_rest, "treffen", end="?"),
            combination,
        )
    return Pair(
        sentence("we are meeting", english_rest),
        sentence("wir treffen uns", german_rest),
        combination,
    )
