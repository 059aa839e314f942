"""Patterns: what people do, feel and put somewhere, and what hurts."""

from dataclasses import replace

from transformer_mt.data.phrasebook.constituents import (
    THE,
    NounPhrase,
    Subject,
    join,
    possessive,
    predicate,
    pronoun_subject,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import MODALS
from transformer_mt.data.phrasebook.objects import (
    draw_noun_phrase,
    numbers_after,
    object_complement,
)
from transformer_mt.data.phrasebook.patterns.descriptions import OWNED
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    anybody,
    draw_subject,
    is_you,
    not_us,
    suits,
)
from transformer_mt.data.phrasebook.scenes import MUST, draw_tense, times_for
from transformer_mt.data.phrasebook.topics.routines import (
    CONSEQUENCES,
    DOINGS,
    PAINS,
    REFLEXIVE_FRAMES,
    UNTIMELY,
)
from transformer_mt.data.phrasebook.topics.situations import SPOTS
from transformer_mt.data.phrasebook.usage import VERB
from transformer_mt.data.phrasebook.words import Modal, Noun, Pronoun


def doing(draw: Draw) -> Pair:
    """Show time before place, and "nicht" between: Er arbeitet heute nicht im Büro."""
    activity = draw.choose(DOINGS)
    verb = activity.verb
    subject = draw_subject(draw, lambda subject: suits(subject, verb))
    place = draw.choose(activity.places)
    use = draw.choose(activity.uses)
    times = times_for(("plan", "custom"), use, "")
    untimely = UNTIMELY.get(verb.infinitive, set())
    time = draw.choose([time for time in times if not untimely & set(time.german.split())])
    form = draw.choose(("state", "state", "deny", "ask"))
    tense = draw_tense(draw, use)
    deniable = "negatable" in time.traits and not (
        isinstance(tense, Modal) and tense.english_auxiliary == "would"
    )
    if (form == "ask" and (not not_us(subject) or time.english == "rarely")) or (
        form == "deny" and not deniable
    ):
        form = "state"
    forms = predicate(verb, tense, subject.person, do_support=form != "state")
    adverb = time.english if "middle" in time.traits else ""
    clause = Clause(
        subject,
        forms,
        join(place.english_at, "" if adverb else time.english),
        join(time.german, "nicht" if form == "deny" else "", place.german_at),
        adverb,
    )
    combination = (verb.infinitive, place.german_at, time.german)
    if form == "ask":
        return ask(clause, combination)
    english = clause.english_negated if form == "deny" else clause.english
    return Pair(sentence(english), sentence(clause.verb_second), combination)


def reflexive(draw: Draw) -> Pair:
    """Show reflexive verbs: Ich freue mich auf das Konzert."""
    frame = draw.choose(REFLEXIVE_FRAMES)
    (use,) = frame.uses
    subject = draw_subject(draw)
    phrase = draw_noun_phrase(draw, frame, subject.pronoun)
    while phrase is None or subject.name == phrase.noun.german:
        subject = draw_subject(draw)
        phrase = draw_noun_phrase(draw, frame, subject.pronoun)
    own = subject.pronoun.reflexive if subject.pronoun else "sich"
    complement = object_complement(frame.verb, phrase)
    times = times_for(("plan",), use, "negatable") if use in ("plan", "past") else ()
    time = draw.choose(times) if times else None
    time_english, time_german = (time.english, time.german) if time else ("", "")
    form = draw.choose(("state", "state", "deny", "ask" if not_us(subject) else "state"))
    forms = predicate(frame.verb, draw_tense(draw, use), subject.person, do_support=form != "state")
    rest = join(time_german, "nicht" if form == "deny" else "", complement.german)
    clause = Clause(subject, forms, join(complement.english, time_english), join(own, rest))
    combination = (frame.verb.infinitive, complement.name, join("sich", time_german))
    if form != "ask":
        english = clause.english_negated if form == "deny" else clause.english
        return Pair(sentence(english), sentence(clause.verb_second), combination)
    # the short "sich" goes before a noun, but not before another pronoun
    order = (subject.german, own) if _is_pronoun(subject) else (own, subject.german)
    return Pair(
        sentence(clause.english_question, end="?"),
        sentence(forms.finite, *order, rest, forms.closing, end="?"),
        combination,
    )


def _is_pronoun(subject: Subject) -> bool:
    return subject.pronoun is not None and subject.german == subject.pronoun.german


def _draw_pain(
    draw: Draw, owner: Pronoun, aching: tuple[Noun, ...] = PAINS
) -> tuple[Noun, Subject]:
    """Draw what of these hurts somebody, one or both, as a subject."""
    noun = draw.choose(aching)
    both = noun.english == "tooth" or (bool(noun.english_plural) and draw.chance(0.6))
    phrase = NounPhrase(noun, possessive(owner), both)
    german = phrase.german("nominative")
    return noun, Subject(noun.german, phrase.english, german, "plural" if both else "third", None)


def pain(draw: Draw) -> Pair:
    """Say what hurts: Mein Rücken tut seit gestern weh."""
    form = draw.choose(("since", "now", "not", "ask"))
    owner = PRONOUN[draw.choose(("you", "he", "she") if form == "ask" else ("I", "he", "she"))]
    noun, subject = _draw_pain(draw, owner)
    verb = VERB["wehtun"]
    extras = {
        "since": (("since yesterday", "seit gestern"), ("since Monday", "seit Montag")),
        "now": (("today", "heute"), ("", ""), ("again", "wieder"), ("often", "oft")),
        "not": (("anymore", "nicht mehr"), ("today", "heute nicht")),
        "ask": (("", ""), ("today", "heute"), ("often", "oft")),
    }
    english, german = draw.choose(extras[form])
    combination = ("wehtun", noun.german, german or "jetzt")
    forms = predicate(verb, "simple", subject.person, do_support=form in ("not", "ask"))
    adverb, rest = (english, "") if english == "often" else ("", english)
    clause = Clause(subject, forms, rest, german, adverb)
    if form == "ask":
        return ask(clause, combination)
    if form == "not":
        return Pair(sentence(clause.english_negated), sentence(clause.verb_second), combination)
    if form == "since":
        have = "has" if subject.person == "third" else "have"
        source = sentence(subject.english, have, "been hurting", english)
        return Pair(source, sentence(clause.verb_second), combination)
    return Pair(sentence(clause.english), sentence(clause.verb_second), combination)


def because_of_pain(draw: Draw) -> Pair:
    """Show the separable verb closing a clause: Ich kann nicht schlafen, weil mein Kopf wehtut."""
    owner = PRONOUN[draw.choose(("I", "he", "she"))]
    kind, english, german, aching = draw.choose(CONSEQUENCES)
    noun, hurting = _draw_pain(draw, owner, aching)
    subject = pronoun_subject(owner)
    if draw.chance(0.5) and owner.english != "I":
        name = {"he": ("my father", "mein Vater"), "she": ("my sister", "meine Schwester")}
        subject = replace(subject, english=name[owner.english][0], german=name[owner.english][1])
    modal = MODALS[0] if kind == "cannot" else MUST
    time_english, time_german = draw.choose((("today", "heute"), ("", ""), ("now", "jetzt")))
    finite = modal.german[subject.person]
    verb = "cannot" if kind == "cannot" else modal.english_third
    if kind == "must" and subject.person == "first":
        verb = modal.english
    middle = join(time_german, "nicht" if kind == "cannot" else "", german)
    hurt = predicate(VERB["wehtun"], "simple", hurting.person)
    cause = Clause(hurting, hurt, "", "")
    return Pair(
        sentence(subject.english, verb, english, time_english, "because", cause.english),
        sentence(subject.german, finite, f"{middle},", "weil", cause.verb_final),
        ("wehtun", noun.german, middle),
    )


def placement(draw: Draw) -> Pair:
    """Show whither, in the accusative: Sie legt das Buch auf den Tisch."""
    english_spot, _, german_goal, _, verb, nouns = draw.choose(SPOTS)
    noun = draw.choose(nouns)
    while noun.english in english_spot:
        noun = draw.choose(nouns)
    form = draw.choose(("progressive", "past", "modal", "request"))
    subject = draw_subject(draw, is_you if form == "request" else anybody)
    owner = draw.choose((subject.pronoun, PRONOUN["I"], None))
    of_one_sex = {"womens", "mens"} & set(noun.kinds)  # whose owner is not known
    determiner = possessive(owner) if owner and noun in OWNED and not of_one_sex else THE
    often_many = bool(noun.english_plural) and verb is VERB["legen"] and draw.chance(0.25)
    plural = draw.choose(numbers_after(determiner, noun, may_be_plural=often_many))
    phrase = NounPhrase(noun, determiner, plural)
    english, german = phrase.english, join(phrase.german("accusative"), german_goal)
    combination = (verb.infinitive, noun.german, german_goal)
    if form == "request":
        return Pair(
            sentence("please put", english, english_spot),
            sentence("bitte", verb.german_plural, "Sie", german),
            combination,
        )
    use = {"progressive": "plan"}.get(form, form)
    forms = predicate(verb, draw_tense(draw, use), subject.person)
    clause = Clause(subject, forms, join(english, english_spot), german)
    return Pair(sentence(clause.english), sentence(clause.verb_second), combination)
