"""Patterns: where things are, how to get there, and what leaves, arrives and opens when."""

from dataclasses import replace
from functools import cache

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
from transformer_mt.data.phrasebook.german import contract
from transformer_mt.data.phrasebook.grammar import Clause, Complement, plain_clause, timed
from transformer_mt.data.phrasebook.lexicon import PLACES
from transformer_mt.data.phrasebook.objects import FARAWAY, adjectives_for, numbers_after
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask, state, state_deny_or_ask
from transformer_mt.data.phrasebook.people import PRONOUN, draw_subject, noun_subject, suits
from transformer_mt.data.phrasebook.scenes import draw_tense, times_for
from transformer_mt.data.phrasebook.topics.situations import NEIGHBORHOODS
from transformer_mt.data.phrasebook.topics.tours import (
    CITIES,
    LANDMARKS,
    LOST_THINGS,
    MISSED_PEOPLE,
    NEAREST,
    RIDES,
    SOUGHT_SITES,
    TURNS,
)
from transformer_mt.data.phrasebook.usage import VERB, nouns_of
from transformer_mt.data.phrasebook.words import Noun


def draw_sought(draw: Draw) -> tuple[NounPhrase, str]:
    """Draw a site, a thing or a person one looks for, and its German adjective, if any."""
    kind = draw.choose(("site", "site", "thing", "thing", "person"))
    if kind == "site":
        phrase = draw_site(draw)
    elif kind == "thing":
        noun = draw.choose(LOST_THINGS)
        adjectives = adjectives_for(noun)
        adjective = draw.choose(adjectives) if adjectives and draw.chance(0.3) else None
        owner = PRONOUN[draw.choose(("I", "we", "you", "he", "she"))]
        many = owner.person == "plural" and draw.chance(0.6)
        plural = draw.choose(numbers_after(possessive(owner), noun, may_be_plural=many))
        phrase = NounPhrase(noun, possessive(owner), plural, adjective)
    else:
        noun = draw.choose(MISSED_PEOPLE)
        owner = PRONOUN[draw.choose(("I", "we", "you", "he", "she"))]
        determiner = possessive(owner) if "kin" in noun.kinds else THE
        phrase = NounPhrase(noun, determiner, bool(noun.english_plural) and draw.chance(0.4))
    return phrase, phrase.modifier


def draw_site(draw: Draw) -> NounPhrase:
    """Draw a site in town, perhaps the nearest of its kind."""
    noun = draw.choose(SOUGHT_SITES)
    nearest = "errand" in noun.kinds and draw.chance(0.6)
    return NounPhrase(noun, THE, False, NEAREST if nearest else None)


def where_is(draw: Draw) -> Pair:
    """Ask where something is: "Wo ist die nächste Apotheke?", "Wo sind meine Handschuhe?"."""
    phrase, modifier = draw_sought(draw)
    subject = noun_subject(phrase)
    clause = Clause(subject, copula(subject.person), "", "")
    return Pair(
        sentence("where", clause.english_question, end="?"),
        sentence("wo", clause.verb_first, end="?"),
        ("sein", phrase.noun.german, join("wo", modifier)),
    )


def indirect_question(draw: Draw) -> Pair:
    """Show a question inside another: "Können Sie mir sagen, wo der Ausgang ist?"."""
    english, german, end = draw.choose(
        (
            ("can you tell me", "können Sie mir sagen", "?"),
            ("do you know", "wissen Sie", "?"),
            ("I do not know", "ich weiß nicht", "."),
            ("I would like to know", "ich möchte wissen", "."),
        )
    )
    if draw.chance(0.7):
        phrase, modifier = draw_sought(draw)
        subject = noun_subject(phrase)
        clause = Clause(subject, copula(subject.person), "", "")
        question, answer, name = "where", "wo", phrase.noun.german
        combination = ("sein", name, join("wo indirekt", modifier))
    else:
        subject, name = draw_line(draw)
        verb = VERB[draw.choose(("abfahren", "ankommen"))]
        clause = Clause(subject, predicate(verb, "simple", "third"), "", "")
        question, answer = "when", "wann"
        combination = (verb.infinitive, name, "wann indirekt")
    return Pair(
        sentence(english, question, _subordinate(clause), end=end),
        sentence(f"{german},", answer, clause.verb_final, end=end),
        combination,
    )


def _subordinate(clause: Clause) -> str:
    """Return the English clause with "to be" last: "where the exit is"."""
    verb = clause.predicate
    return join(clause.subject.english, verb.auxiliary, verb.main)


def way_to(draw: Draw) -> Pair:
    """Ask for the way, "zu" with the dative: "Wie komme ich zur nächsten Apotheke?"."""
    phrase = draw_site(draw)
    english_ask, german_ask, german_end = draw.choose(
        (
            ("how do I get to", "wie komme ich", ""),
            ("how do we get to", "wie kommen wir", ""),
            ("how far is it to", "wie weit ist es bis", ""),
            ("is it far to", "ist es weit bis", ""),
            ("can you show me the way to", "können Sie mir den Weg", "zeigen"),
            ("could you please show us the way to", "könnten Sie uns bitte den Weg", "zeigen"),
        )
    )
    german = contract("zu", phrase.german("dative"))
    return Pair(
        sentence(english_ask, phrase.english, end="?"),
        sentence(german_ask, german, german_end, end="?"),
        ("zu", phrase.noun.german, join(german_ask, phrase.modifier)),
    )


def turn(draw: Draw) -> Pair:
    """Tell the way: Biegen Sie an der Kirche rechts ab."""
    english, preposition, german = draw.choose(TURNS)
    noun = draw.choose(LANDMARKS)
    phrase = NounPhrase(noun, THE)
    where = contract(preposition, phrase.german("dative"))
    return Pair(
        sentence(english.format(phrase.english)),
        sentence(german.format(where)),
        ("Weg", noun.german, german),
    )


def site_location(draw: Draw) -> Pair:
    """Show where a site is: Die Apotheke ist gegenüber dem Hotel."""
    english, german = draw.choose(NEIGHBORHOODS)
    noun = draw.choose(SOUGHT_SITES)
    while not fits_neighborhood(noun, english):
        noun = draw.choose(SOUGHT_SITES)
    subject = noun_subject(NounPhrase(noun, THE))
    clause = Clause(subject, copula(subject.person), english, german)
    return state_deny_or_ask(draw, clause, ("sein", noun.german, german))


def fits_neighborhood(noun: Noun, where: str) -> bool:
    """Return whether there may be such a site: no airport in a village, no castle in a station."""
    if noun.english in where or "way" in noun.kinds:
        return False
    indoors = where.startswith("at the")
    if where == "in the city":  # which has many a pharmacy
        return noun in CITY_SITES
    if where in ("in the village", "on this street") or indoors:
        return noun in SMALL_SITES and not (indoors and noun in OUTDOORS)
    return noun not in nouns_of("airport bridge")


SMALL_SITES = nouns_of("errand post_office church library hotel theater school")
CITY_SITES = nouns_of(
    "museum theater movie_theater library hospital university stadium swimming_pool park zoo castle"
)
OUTDOORS = nouns_of("church library theater school gas_station hotel")


def draw_line(draw: Draw) -> tuple[Subject, str]:
    """Draw a train or bus to or from a city, and its name in German."""
    vehicle = draw.choose(nouns_of("line"))
    city = draw.choose(CITIES)
    phrase = NounPhrase(vehicle, THE)
    english, german = join("to", city[0]), join("nach", city[1])
    name = join(vehicle.german, german)
    return (
        replace(
            noun_subject(phrase),
            name=name,
            english=join(phrase.english, english),
            german=join(phrase.german("nominative"), german),
        ),
        name,
    )


GO_BY = replace(
    VERB["fahren"], english="go", english_third="goes", english_ing="going", english_past="went"
)


@cache
def rides() -> tuple[tuple[str, Complement], ...]:
    """Return each way to ride somewhere: "by train", and to Berlin by train."""
    places = {place.name: place for place in PLACES}
    return tuple(
        (
            german,
            Complement(
                name=places[name].german_to,
                english=join(places[name].english_to, english),
                german=join(german, places[name].german_to),
                is_definite=False,
                is_prepositional=True,
            ),
        )
        for english, german, names in RIDES
        for name in names
    )


RARE_GOALS = tuple(place.german_to for place in PLACES if place.name in FARAWAY)
FARAWAY_GOALS = tuple(place.german_to for place in PLACES if "travel" in place.travel)


def by_vehicle(draw: Draw) -> Pair:
    """Show time, means and place in their order: Er fährt morgen mit dem Zug nach Berlin."""
    subject = draw_subject(draw, lambda subject: suits(subject, GO_BY))
    vehicle, complement = draw.choose(rides())
    habits = () if complement.name in RARE_GOALS else ("habit", "habit")
    use = draw.choose(("plan", "past", "modal", *habits))
    spans = ("plan", "far", "long") if complement.name in FARAWAY_GOALS else ("plan", "custom")
    time = draw.choose(times_for(spans, use, ""))
    asked = subject.english in ("you", "he", "she", "they") and draw.chance(0.5)
    asked = asked and time.english != "rarely"
    forms = predicate(GO_BY, draw_tense(draw, use), subject.person, do_support=asked)
    clause = timed(plain_clause(subject, forms, complement), complement, time)
    combination = ("fahren", complement.name, join(vehicle, time.german))
    if asked:
        return ask(clause, combination)
    return state(clause, combination)
