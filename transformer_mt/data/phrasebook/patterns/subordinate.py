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
from transformer_mt.data.phrasebook.patterns.pair import Combination, Pair
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    befits,
    draw_subject,
    has_pronoun,
    name_subjects,
    noun_subjects,
    other_pronouns,
    pronoun_subjects,
    shares_oddly,
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
    to, closing = "to", verb.zu_infinitive
    if german == "hoffen":
        to, closing = "to be able to", f"{verb.infinitive} zu können"
    return Pair(
        sentence(main.english, to, verb.english, scene.complement.english),
        sentence(f"{main.verb_second},", scene.complement.german, closing),
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
        subject = scene.subject
        mood = draw.choose(MOODS_ASKED if not subject.is_minor else MOODS_ASKED[:9])
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
    if first:
        main, state = replace(main, subject=again), replace(state, subject=scene.subject)
    combination = scene.combination(adjective.german)
    return _joined(("although", "obwohl"), main, state, combination, first=first)


def _joined(
    conjunction: tuple[str, str],
    main: Clause,
    inner: Clause,
    combination: Combination,
    *,
    first: bool = False,
) -> Pair:
    """Join two clauses by a conjunction, English and German; the inner clause last or first."""
    english, german = conjunction
    if first:
        source = sentence(english, f"{inner.english},", main.english)
        target = sentence(german, f"{inner.verb_final},", main.verb_first)
    else:
        source = sentence(main.english, english, inner.english)
        target = sentence(f"{main.verb_second},", german, inner.verb_final)
    return Pair(source, target, combination)


def although_flawed(draw: Draw) -> Pair:
    """Show "es" by gender: Sie hat den Mantel gekauft, obwohl er teuer war."""
    verb, noun, adjectives = draw.choose(FLAWS)
    adjective = draw.choose(adjectives)
    plural = noun.is_paired
    phrase = NounPhrase(noun, THE, plural)
    subject = draw_subject(
        draw,
        lambda subject: (
            suits(subject, verb)
            and befits(subject, verb, noun)
            and not shares_oddly(subject, verb, phrase)
        ),
    )
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
    combination = (verb.infinitive, noun.german, f"obwohl {adjective.german}")
    return _joined(("although", "obwohl"), main, flaw, combination)


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
    combination = scene.combination(f"während {background.infinitive}")
    first = draw.chance(0.4)
    return _joined(("while", "während"), scene.clause(), clause, combination, first=first)


def before_clause(draw: Draw) -> Pair:
    """Show "bevor" and the verb last: Ich lese die Zeitung, bevor ich zur Arbeit fahre."""
    scene = draw_scene(
        draw,
        [(frame, "habit") for frame in MORNINGS],
        subjects=lambda subject: (
            has_pronoun(subject) and not subject.is_minor and "grand" not in subject.english
        ),
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
    return _joined(("before", "bevor"), main, going, combination, first=first)


OUTINGS = (
    ("fahren", "work"),
    ("fahren", "office"),
    ("gehen", "park"),
    ("gehen", "market"),
    ("gehen", "supermarket"),
)
