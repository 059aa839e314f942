"""Patterns: more clauses with the verb last: ob, obwohl, während, bevor; infinitives with zu."""

from dataclasses import replace

from transformer_mt.data.phrasebook.constituents import (
    THE,
    NounPhrase,
    Subject,
    copula,
    past_copula,
    predicate,
    pronoun_subject,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause, timed
from transformer_mt.data.phrasebook.patterns.pair import Pair
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    befits,
    draw_subject,
    has_pronoun,
    name_subjects,
    noun_subjects,
    other_pronouns,
    pronoun_subjects,
    suits,
)
from transformer_mt.data.phrasebook.scenes import (
    actions,
    draw_scene,
    draw_time,
)
from transformer_mt.data.phrasebook.topics.occasions import (
    ENDEAVORS,
    EXERTIONS,
    FLAWS,
    MEANWHILE,
    MOODS_ASKED,
    MORNINGS,
    WEARY,
)
from transformer_mt.data.phrasebook.topics.routines import BACKGROUND
from transformer_mt.data.phrasebook.topics.situations import PLACE
from transformer_mt.data.phrasebook.usage import VERB
from transformer_mt.data.phrasebook.words import Noun


def zu_infinitive(draw: Draw) -> Pair:
    """Show "zu" and the infinitive: Ich habe vergessen, Milch zu kaufen."""
    english, german, tense, frames = draw.choose(ENDEAVORS)
    scene = draw_scene(draw, [(frame, "plan") for frame in frames])
    subject = scene.subject
    verb = scene.frame.verb
    if german == "keine Zeit":
        forms = predicate(VERB["haben"], "simple", subject.person)
        main = Clause(subject, forms, english, german)
    else:
        forms = predicate(VERB[german], tense, subject.person)
        main = Clause(subject, forms, "", "")
    return Pair(
        sentence(main.english, "to", verb.english, scene.complement.english),
        sentence(f"{main.verb_second},", scene.complement.german, verb.zu_infinitive),
        scene.combination(german),
    )


def whether(draw: Draw) -> Pair:
    """Show "ob" and the verb last: Ich weiß nicht, ob Anna morgen den Arzt anruft."""
    asking = draw.chance(0.4)
    scene = draw_scene(
        draw,
        actions("plan", "past"),
        subjects=lambda subject: (
            subject.pronoun not in (PRONOUN["I"], PRONOUN["we"], PRONOUN["you"])
            and "your" not in subject.english
        ),
    )
    time = draw_time(draw, scene.frame, scene.use)
    content = timed(scene.clause(), scene.complement, time)
    combination = scene.combination(time.german)
    if draw.chance(0.3):
        mood = draw.choose(MOODS_ASKED)
        subject = scene.subject
        content = Clause(subject, copula(subject.person), mood.english, mood.german)
        combination = ("sein", subject.name.lower(), f"ob {mood.german}")
    if asking:
        return Pair(
            sentence("do you know whether", content.english, end="?"),
            sentence("wissen Sie,", "ob", content.verb_final, end="?"),
            combination,
        )
    knowers = [*pronoun_subjects()[:2], *name_subjects()]
    knower = draw.choose(knowers)
    while knower.english == scene.subject.english:
        knower = draw.choose(knowers)
    forms = predicate(VERB["wissen"], "simple", knower.person, do_support=True)
    main = Clause(knower, forms, "", "nicht")
    return Pair(
        sentence(main.english_negated, "whether", content.english),
        sentence(f"{main.verb_second},", "ob", content.verb_final),
        combination,
    )


def although_weary(draw: Draw) -> Pair:
    """Show "obwohl" and "war": Er hat die Küche geputzt, obwohl er müde war."""
    adjective = draw.choose(WEARY)
    scene = draw_scene(draw, [(frame, "past") for frame in EXERTIONS], subjects=has_pronoun)
    main = scene.clause()
    assert scene.subject.pronoun is not None
    again = pronoun_subject(scene.subject.pronoun)
    state = Clause(again, past_copula(again.person), adjective.english, adjective.german)
    first = draw.chance(0.3)
    combination = scene.combination(adjective.german)
    if first:
        named = replace(state, subject=scene.subject)
        resumed = replace(main, subject=again)
        return Pair(
            sentence("although", f"{named.english},", resumed.english),
            sentence("obwohl", f"{named.verb_final},", resumed.verb_first),
            combination,
        )
    return Pair(
        sentence(main.english, "although", state.english),
        sentence(f"{main.verb_second},", "obwohl", state.verb_final),
        combination,
    )


def although_flawed(draw: Draw) -> Pair:
    """Show "es" by gender: Sie hat den Mantel gekauft, obwohl er teuer war."""
    verb, noun, adjectives = draw.choose(FLAWS)
    adjective = draw.choose(adjectives)
    subject = draw_subject(
        draw, lambda subject: suits(subject, verb) and befits(subject, verb, noun)
    )
    plural = noun.is_paired
    phrase = NounPhrase(noun, THE, plural)
    main = Clause(
        subject,
        predicate(verb, "past", subject.person),
        phrase.english,
        phrase.german(verb.case),
    )
    flaw = Clause(
        thing_pronoun(noun, plural=plural),
        past_copula("plural" if plural else "third"),
        adjective.english,
        adjective.german,
    )
    return Pair(
        sentence(main.english, "although", flaw.english),
        sentence(f"{main.verb_second},", "obwohl", flaw.verb_final),
        (verb.infinitive, noun.german, f"obwohl {adjective.german}"),
    )


def thing_pronoun(noun: Noun, *, plural: bool) -> Subject:
    """Return "it" or "they" for a thing, which has a gender in German."""
    if plural:
        return Subject("sie", "they", "sie", "plural", None)
    german = {"m": "er", "f": "sie", "n": "es"}[noun.gender]
    return Subject(german, "it", german, "third", None)


def while_clause(draw: Draw) -> Pair:
    """Show "während" and the verb last: Ich lese die Zeitung, während meine Schwester schläft."""
    scene = draw_scene(draw, [(frame, "now") for frame in MEANWHILE])
    background = draw.choose(BACKGROUND)
    others = [
        subject
        for subject in (*noun_subjects(), *name_subjects(), *pronoun_subjects())
        if subject.pronoun in other_pronouns(scene.subject.pronoun)
        and subject.english.split()[0] not in ("your", "you", "the")
        and suits(subject, background)
    ]
    other = draw.choose(others)
    forms = predicate(background, "progressive", other.person)
    clause = Clause(other, forms, "", "")
    main = scene.clause()
    combination = scene.combination(f"während {background.infinitive}")
    if draw.chance(0.4):
        return Pair(
            sentence("while", f"{clause.english},", main.english),
            sentence("während", f"{clause.verb_final},", main.verb_first),
            combination,
        )
    return Pair(
        sentence(main.english, "while", clause.english),
        sentence(f"{main.verb_second},", "während", clause.verb_final),
        combination,
    )


def before_clause(draw: Draw) -> Pair:
    """Show "bevor" and the verb last: Ich lese die Zeitung, bevor ich zur Arbeit fahre."""
    scene = draw_scene(
        draw,
        [(frame, "habit") for frame in MORNINGS],
        subjects=lambda subject: has_pronoun(subject) and not subject.is_minor,
    )
    assert scene.subject.pronoun is not None
    verb, name = draw.choose(OUTINGS)
    place = PLACE[name]
    resumed = pronoun_subject(scene.subject.pronoun)
    first = draw.chance(0.4)
    named, other = (resumed, scene.subject) if first else (scene.subject, resumed)
    going = Clause(
        other,
        predicate(VERB[verb], "simple", other.person),
        place.english_to,
        place.german_to,
    )
    main = replace(scene, subject=named).clause()
    combination = scene.combination(f"bevor {place.german_to}")
    if first:
        return Pair(
            sentence("before", f"{going.english},", main.english),
            sentence("bevor", f"{going.verb_final},", main.verb_first),
            combination,
        )
    return Pair(
        sentence(main.english, "before", going.english),
        sentence(f"{main.verb_second},", "bevor", going.verb_final),
        combination,
    )


OUTINGS = (
    ("fahren", "work"),
    ("fahren", "office"),
    ("fahren", "university"),
    ("gehen", "market"),
    ("gehen", "supermarket"),
)
