"""Patterns: what people say and believe of whatever other patterns tell."""

from transformer_mt.data.phrasebook.constituents import (
    THE,
    THIS,
    A,
    NounPhrase,
    Subject,
    begins_with_vowel,
    copula,
    join,
    possessive,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, PROFESSIONS
from transformer_mt.data.phrasebook.objects import (
    draw_noun_phrase,
    numbers_after,
    object_complement,
)
from transformer_mt.data.phrasebook.patterns.clauses import speakers
from transformer_mt.data.phrasebook.patterns.descriptions import OWNED_BY_MANY, described_by
from transformer_mt.data.phrasebook.patterns.introductions import WANT, WISHES
from transformer_mt.data.phrasebook.patterns.pair import Combination, Pair, dative_before_subject
from transformer_mt.data.phrasebook.patterns.possession import tasting
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    is_you,
    name_subjects,
    noun_subject,
    other_pronouns,
    pronoun_subjects,
    suits,
)
from transformer_mt.data.phrasebook.scenes import draw_tense
from transformer_mt.data.phrasebook.topics.ownership import FITTING, OWNED
from transformer_mt.data.phrasebook.topics.routines import REFLEXIVE_FRAMES
from transformer_mt.data.phrasebook.topics.situations import ADJECTIVE
from transformer_mt.data.phrasebook.topics.timetables import EVENTS, ROUND_TIMES, ROUTINES
from transformer_mt.data.phrasebook.topics.tours import CITIES
from transformer_mt.data.phrasebook.usage import VERB, nouns_of

REPORTING = ("wissen", "glauben", "sagen")
# A clause to be reported, and its combination.
Content = tuple[Clause, Combination]


def reported_thing(draw: Draw) -> Pair:
    """Report about things: Ich glaube, dass die Suppe gut schmeckt."""
    content = draw.choose((_taste, _fit, _belonging, _event, _landing, _description, _description))
    return _report(draw, draw.choose(_thinkers()), *content(draw))


def reported_person(draw: Draw) -> Pair:
    """Report about people: Sie sagt, dass Anna sich für Kunst interessiert."""
    speaker = draw.choose(_thinkers())
    others = [
        subject
        for subject in (*pronoun_subjects(), *name_subjects(), *name_subjects())
        if subject.pronoun in other_pronouns(speaker.pronoun) and not is_you(subject)
    ]
    content = draw.choose((_reflexive, _reflexive, _reflexive, _routine, _ambition, _wish))
    if content in (_ambition, _wish):
        others = [subject for subject in others if subject.person == "third"]
    verbs = ("sagen",) if content is _wish else REPORTING
    return _report(draw, speaker, *content(draw, draw.choose(others)), verbs=verbs)


def _thinkers() -> tuple[Subject, ...]:
    return speakers(reporting=True)


def _report(
    draw: Draw,
    speaker: Subject,
    content: Clause,
    combination: Combination,
    *,
    verbs: tuple[str, ...] = REPORTING,
) -> Pair:
    """Put the content into a clause with "dass", after one of these verbs."""
    verb = VERB[draw.choose(verbs)]
    forms = predicate(verb, "simple", speaker.person)
    return Pair(
        sentence(speaker.english, forms.main, "that", content.english),
        sentence(speaker.german, f"{forms.finite},", "dass", content.verb_final),
        (combination[0], combination[1], join("dass", combination[2])),
    )


def _taste(draw: Draw) -> Content:
    return tasting(draw)


def _fit(draw: Draw) -> Content:
    noun = draw.choose(FITTING)
    subject = noun_subject(NounPhrase(noun, THE, noun.is_paired))
    owner = PRONOUN[draw.choose(("I", "she") if "womens" in noun.kinds else ("I", "he", "she"))]
    forms = predicate(VERB["passen"], "simple", subject.person)
    clause = Clause(subject, forms, owner.english_object, owner.dative)
    combination = ("passen", noun.german, owner.dative)
    return dative_before_subject(clause, owner.dative), combination


def _belonging(draw: Draw) -> Content:
    noun = draw.choose([noun for noun in OWNED if not noun.is_paired])
    subject = noun_subject(NounPhrase(noun, draw.choose((THE, THIS))))
    owner = PRONOUN[draw.choose(("I", "we", "he", "she"))]
    phrase = NounPhrase(draw.choose(nouns_of("kin")), possessive(owner))
    german = phrase.german("dative")
    forms = predicate(VERB["gehören"], "simple", "third")
    return Clause(subject, forms, phrase.english, german), ("gehören", noun.german, german)


def _event(draw: Draw) -> Content:
    noun = draw.choose(EVENTS)
    verb = VERB[draw.choose(("beginnen", "enden"))]
    time = draw.choose(ROUND_TIMES)
    forms = predicate(verb, "simple", "third")
    subject = noun_subject(NounPhrase(noun, THE))
    clause = Clause(subject, forms, f"at {time.english}", f"um {time.german}")
    return clause, (verb.infinitive, noun.german, clause.german_middle)


def _description(draw: Draw) -> Content:
    adjective = draw.choose(ADJECTIVES)
    nouns = [n for n in described_by(adjective) if not {"person", "body"} & set(n.kinds)]
    while not nouns or "dress" in adjective.predicate_kinds:
        adjective = draw.choose(ADJECTIVES)
        nouns = [n for n in described_by(adjective) if not {"person", "body"} & set(n.kinds)]
    noun = draw.choose(nouns)
    may_be_plural = noun in OWNED_BY_MANY and bool(noun.english_plural) and draw.chance(0.5)
    plural = draw.choose(numbers_after(THE, noun, may_be_plural=may_be_plural))
    subject = noun_subject(NounPhrase(noun, THE, plural))
    clause = Clause(subject, copula(subject.person), adjective.english, adjective.german)
    return clause, ("sein", noun.german.lower(), adjective.german)


def _landing(draw: Draw) -> Content:
    (plane,) = nouns_of("plane")
    english_city, german_city = draw.choose(CITIES)
    time = draw.choose(ROUND_TIMES)
    name = f"{plane.german} aus {german_city}"
    subject = Subject(name, f"the plane from {english_city}", f"das {name}", "third", None)
    forms = predicate(VERB["landen"], "simple", "third")
    clause = Clause(subject, forms, f"at {time.english}", f"um {time.german}")
    return clause, ("landen", name, clause.german_middle)


def _reflexive(draw: Draw, subject: Subject) -> Content:
    frame = draw.choose(REFLEXIVE_FRAMES)
    phrase = draw_noun_phrase(draw, frame, subject.pronoun)
    while phrase is None:
        phrase = draw_noun_phrase(draw, frame, subject.pronoun)
    assert subject.pronoun is not None
    complement = object_complement(frame.verb, phrase)
    forms = predicate(frame.verb, draw_tense(draw, frame.uses[0]), subject.person)
    middle = join(subject.pronoun.reflexive, complement.german)
    clause = Clause(subject, forms, complement.english, middle)
    return clause, (frame.verb.infinitive, complement.name, "sich")


def _routine(draw: Draw, subject: Subject) -> Content:
    verb, english, german, clock_times = draw.choose(ROUTINES)
    while not suits(subject, verb):
        verb, english, german, clock_times = draw.choose(ROUTINES)
    time = draw.choose(clock_times)
    at, um = f"at {time.english}", f"um {time.german}"
    forms = predicate(verb, "simple", subject.person)
    clause = Clause(subject, forms, join(english, at, "every day"), join("jeden Tag", um, german))
    return clause, (verb.infinitive, join(um, german), "jeden Tag")


def _ambition(draw: Draw, subject: Subject) -> Content:
    english, masculine, feminine = draw.choose(PROFESSIONS)
    german = feminine if subject.pronoun is PRONOUN["she"] else masculine
    forms = predicate(VERB["werden"], WANT, "third")
    article = "an" if begins_with_vowel(english) else "a"
    clause = Clause(subject, forms, f"{article} {english}", german)
    return clause, ("werden", german, subject.name)


def _wish(draw: Draw, subject: Subject) -> Content:
    english, adjective, noun_name = draw.choose(WISHES)
    (noun,) = nouns_of(noun_name)
    german = NounPhrase(noun, A, False, ADJECTIVE[adjective]).german("accusative")
    receiver = PRONOUN[draw.choose(("we", "you"))]
    forms = predicate(VERB["wünschen"], "simple", subject.person)
    clause = Clause(
        subject,
        forms,
        f"{receiver.english_object} a {english} {noun_name}",
        join(receiver.dative, german),
    )
    return clause, ("wünschen", noun.german, receiver.dative)
