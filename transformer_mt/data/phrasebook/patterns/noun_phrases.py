"""Patterns: adjective endings, numbers, datives and pronouns as objects."""

from dataclasses import replace

from transformer_mt.data.phrasebook.constituents import join
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Complement, timed
from transformer_mt.data.phrasebook.objects import NUMBERS, draw_noun_phrase
from transformer_mt.data.phrasebook.patterns.pair import Pair, state, state_deny_or_ask
from transformer_mt.data.phrasebook.people import other_pronouns
from transformer_mt.data.phrasebook.scenes import (
    Scene,
    actions,
    draw_scene,
    draw_time,
)
from transformer_mt.data.phrasebook.usage import (
    RECIPIENTS,
    TRANSFERS,
)

# Verbs whose object may be a pronoun; English "pick up" would let it go between its two words.
PRONOUN_VERBS = (
    *("anrufen", "besuchen", "einladen", "fragen", "treffen", "sehen"),
    *("helfen", "danken", "warten", "sprechen"),
)


def adjective_object(draw: Draw) -> Pair:
    """Show adjective endings after articles and possessives: Sie trägt ein rotes Hemd."""
    choices = actions("plan", "now", "need", "state", "past", "modal", motion=False)
    return _plain(draw_scene(draw, choices, with_adjective=True))


def dative_adjective(draw: Draw) -> Pair:
    """Show dative objects, and datives after "mit": Er hilft dem alten Mann."""
    choices = [
        action
        for action in actions("plan", "habit", "past", "modal", motion=False)
        if action[0].verb.case == "dative"
    ]
    return _plain(draw_scene(draw, choices, with_adjective=True))


def number_object(draw: Draw) -> Pair:
    """Show numbers and plurals: Wir brauchen drei Stühle."""
    choices = actions("plan", "need", "state", "past", "modal")
    choices = tuple(action for action in choices if set(NUMBERS) & set(action[0].determiners))
    return _plain(draw_scene(draw, choices, determiners=NUMBERS))


def _plain(scene: Scene) -> Pair:
    return state(scene.clause(), scene.combination())


def gern(draw: Draw) -> Pair:
    """Show strong adjective endings, and "like to" as an adverb: Er trinkt gern kalte Milch."""
    scene = replace(draw_scene(draw, actions("gern"), with_adjective=True), tense="gern")
    german_middle = join("gern", scene.complement.german)
    clause = replace(scene.clause(), german_middle=german_middle)
    supported = replace(scene.clause(do_support=True), german_middle=german_middle)
    return state_deny_or_ask(draw, clause, scene.combination(), supported=supported)


def recipient(draw: Draw) -> Pair:
    """Show the dative before accusative: Der Lehrer gibt dem Studenten ein Buch."""
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
    """Return the recipient's name, English and German dative; at times a pronoun."""
    if draw.chance(0.4):
        pronoun = draw.choose(other_pronouns(scene.subject.pronoun))
        return pronoun.dative, pronoun.english_object, pronoun.dative
    while True:
        phrase = draw_noun_phrase(draw, RECIPIENTS, scene.subject.pronoun)
        if phrase and phrase.noun.german != scene.subject.name:
            return phrase.noun.german, phrase.english, phrase.german("dative")


def pronoun_object(draw: Draw) -> Pair:
    """Show object pronouns by case, before the time: Ich rufe ihn morgen an."""
    choices = [
        action
        for action in actions("plan", "past", "habit", "modal", motion=False)
        if action[0].verb.infinitive in PRONOUN_VERBS
    ]
    scene = draw_scene(draw, choices)
    verb = scene.frame.verb
    pronoun = draw.choose(other_pronouns(scene.subject.pronoun))
    form = pronoun.dative if verb.case == "dative" else pronoun.accusative
    complement = Complement(
        name=form,
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
