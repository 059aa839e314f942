"""Patterns: adjective endings, numbers, datives and pronouns as objects."""

from dataclasses import replace

from transformer_mt.data.phrasebook.constituents import join
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Complement, timed
from transformer_mt.data.phrasebook.lexicon import PRONOUNS
from transformer_mt.data.phrasebook.objects import NUMBERS, draw_noun_phrase
from transformer_mt.data.phrasebook.patterns.pair import Pair, state, state_deny_or_ask
from transformer_mt.data.phrasebook.people import PRONOUN
from transformer_mt.data.phrasebook.scenes import (
    Scene,
    actions,
    draw_scene,
    draw_time,
)
from transformer_mt.data.phrasebook.usage import (
    RECIPIENTS,
    TRANSFERS,
    VERB,
)
from transformer_mt.data.phrasebook.words import Pronoun

PRONOUN_VERBS = tuple(
    VERB[infinitive]
    for infinitive in (
        [
            "anrufen",
            "besuchen",
            "einladen",
            "fragen",
            "treffen",
            "sehen",
            "helfen",
            "danken",
            "warten",
            "sprechen",
        ]
    )
)


def adjective_object(draw: Draw) -> Pair:
    """Adjective endings after articles and possessives: "Sie trägt ein rotes Kleid."."""
    choices = actions("plan", "now", "need", "state", "past", "modal", motion=False)
    return _plain(draw_scene(draw, choices, with_adjective=True))


def dative_adjective(draw: Draw) -> Pair:
    """Dative objects, and datives after "mit": "Er hilft dem alten Mann."."""
    choices = [
        action
        for action in actions("plan", "habit", "past", "modal", motion=False)
        if action[0].verb.case == "dative"
    ]
    return _plain(draw_scene(draw, choices, with_adjective=True))


def number_object(draw: Draw) -> Pair:
    """Numbers and plurals: "Wir brauchen drei Stühle."."""
    choices = actions("plan", "need", "state", "past", "modal")
    choices = tuple(action for action in choices if set(NUMBERS) & set(action[0].determiners))
    return _plain(draw_scene(draw, choices, determiners=NUMBERS))


def _plain(scene: Scene) -> Pair:
    return state(scene.clause(), scene.combination())


def gern(draw: Draw) -> Pair:
    """Strong adjective endings, and "like to" as an adverb: "Er trinkt gern kalte Milch."."""
    scene = replace(draw_scene(draw, actions("gern"), with_adjective=True), tense="gern")
    german_middle = join("gern", scene.complement.german)
    clause = replace(scene.clause(), german_middle=german_middle)
    supported = replace(scene.clause(do_support=True), german_middle=german_middle)
    return state_deny_or_ask(draw, clause, scene.combination(), supported=supported)


def recipient(draw: Draw) -> Pair:
    """Dative before accusative: "Der Lehrer gibt dem Studenten ein Buch."."""
    choices = [(frame, use) for frame in TRANSFERS for use in ("plan", "past", "modal")]
    scene = draw_scene(draw, choices)
    name, english, german = _draw_recipient(draw, scene)
    clause = scene.clause()
    clause = replace(
        clause,
        english_rest=join(english, clause.english_rest),
        german_middle=join(german, clause.german_middle),
    )
    return state(clause, scene.combination(name))


def _draw_recipient(draw: Draw, scene: Scene) -> tuple[str, str, str]:
    """Return the recipient's name, English and German dative; a pronoun as often as a noun."""
    if draw.chance(0.4):
        pronoun = draw.choose(_others(scene.subject.pronoun))
        return pronoun.dative, pronoun.english_object, pronoun.dative
    while True:
        phrase = draw_noun_phrase(draw, RECIPIENTS, scene.subject.pronoun)
        if phrase and phrase.noun.german != scene.subject.name:
            return phrase.noun.german, phrase.english, phrase.german("dative")


def _others(subject: Pronoun | None) -> tuple[Pronoun, ...]:
    """Return the pronouns that cannot mean the subject."""
    speakers = (PRONOUN["I"], PRONOUN["we"])
    excluded = speakers if subject in speakers else (subject,)
    return tuple(pronoun for pronoun in PRONOUNS if pronoun not in excluded)


def pronoun_object(draw: Draw) -> Pair:
    """Object pronouns by case, before the time: "Ich rufe ihn morgen an."."""
    choices = [
        action
        for action in actions("plan", "past", "habit", "modal", motion=False)
        if action[0].verb in PRONOUN_VERBS
    ]
    scene = draw_scene(draw, choices)
    verb = scene.frame.verb
    pronoun = draw.choose(_others(scene.subject.pronoun))
    form = pronoun.dative if verb.case == "dative" else pronoun.accusative
    complement = Complement(
        name=pronoun.dative,
        english=pronoun.english_object,
        german=join(verb.preposition, form),
        is_definite=True,
        is_prepositional=bool(verb.preposition),
    )
    scene = replace(scene, complement=complement)
    time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(), complement, time)
    if not verb.preposition:
        clause = replace(clause, german_middle=join(form, time.german))
    return state(clause, scene.combination(time.german))
