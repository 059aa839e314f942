"""Patterns: adjective endings, numbers, datives and pronouns as objects."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from transformer_mt.data.phrasebook.constituents import Subject, join
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause, Complement, timed
from transformer_mt.data.phrasebook.objects import NUMBERS, draw_noun_phrase
from transformer_mt.data.phrasebook.patterns.negations import WELCOME
from transformer_mt.data.phrasebook.patterns.pair import (
    Combination,
    Pair,
    ask,
    dative_before_subject,
    state,
    state_deny_or_ask,
)
from transformer_mt.data.phrasebook.people import anybody, befits, not_us, other_pronouns
from transformer_mt.data.phrasebook.scenes import (
    Action,
    Scene,
    actions,
    draw_scene,
    draw_time,
)
from transformer_mt.data.phrasebook.usage import (
    FAMILIAR,
    RECIPIENTS,
    TRANSFERS,
)


def adjective_object(draw: Draw) -> Pair:
    """Show adjective endings after articles and possessives: Sie trägt ein rotes Hemd."""
    choices = actions(*("plan", "now", "need", "state", "described", "past", "modal"), motion=False)
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
    choices = actions("plan", "need", "state", "past")
    choices = tuple(action for action in choices if set(NUMBERS) & set(action[0].determiners))
    return _plain(draw_scene(draw, choices, determiners=NUMBERS))


def _plain(scene: Scene) -> Pair:
    return state(scene.clause(), scene.combination())


def gern(draw: Draw) -> Pair:
    """Show strong adjective endings, and "like to" as an adverb: Er trinkt gern kalte Milch."""
    scene = replace(draw_scene(draw, actions("gern"), with_adjective=True), tense="gern")
    while scene.modifier in NOT_GERN:
        scene = replace(draw_scene(draw, actions("gern"), with_adjective=True), tense="gern")
    german_middle = join("gern", scene.complement.german)
    clause = replace(scene.clause(), german_middle=german_middle)
    supported = replace(scene.clause(do_support=True), german_middle=german_middle)
    if scene.modifier in WELCOME:  # nobody says that he does not like good books
        asked = not_us(scene.subject) and draw.chance(0.3)
        return ask(supported, scene.combination()) if asked else state(clause, scene.combination())
    return state_deny_or_ask(draw, clause, scene.combination(), supported=supported)


# what goes without saying, or without liking
NOT_GERN = ("langweilig", "lecker", "wichtig")


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
    # strangers are not bought or lent anything
    familiar = scene.frame.verb.infinitive in ("kaufen", "leihen")
    recipients = FAMILIAR if familiar else RECIPIENTS
    while True:
        phrase = draw_noun_phrase(draw, recipients, scene.subject.pronoun)
        if (
            phrase
            and phrase.noun.german != scene.subject.name
            and befits(scene.subject, scene.frame.verb, phrase.noun)
        ):
            return phrase.noun.german, phrase.english, phrase.german("dative")


def pronoun_object(draw: Draw) -> Pair:
    """Show object pronouns by case, before the time: Ich rufe ihn morgen an."""
    return _about_others(draw, anybody, state)


def favor(draw: Draw) -> Pair:
    """Ask about a person that is a pronoun: "Können Sie mir morgen helfen?"."""
    return _about_others(draw, not_us, ask)


def _about_others(
    draw: Draw,
    subjects: Callable[[Subject], bool],
    form: Callable[[Clause, Combination], Pair],
) -> Pair:
    """Put a pronoun in the place of the object: before the time, unless with a preposition."""
    scene = draw_scene(draw, pronoun_actions(), subjects=subjects)
    verb = scene.frame.verb
    pronoun = draw.choose(other_pronouns(scene.subject.pronoun))
    word = pronoun.dative if verb.case == "dative" else pronoun.accusative
    complement = Complement(
        name=word,
        english=pronoun.english_object,
        german=join(verb.preposition, word),
        is_definite=True,
        is_prepositional=bool(verb.preposition),
    )
    scene = replace(scene, complement=complement)
    time = draw_time(draw, scene.frame, scene.use)
    while form is ask and time.english == "rarely":
        time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(do_support=form is ask), complement, time)
    if not verb.preposition:
        clause = replace(clause, german_middle=join(word, time.german))
    if form is ask and verb.case == "dative" and not verb.preposition:
        clause = dative_before_subject(clause, word)
    return form(clause, scene.combination(time.german))


@cache
def pronoun_actions() -> tuple[Action, ...]:
    """Return what is done to people; English "pick up" would let the pronoun go inside."""
    return tuple(
        action
        for action in actions("plan", "past", "habit", "modal", motion=False)
        if any("person" in noun.kinds for noun in action[0].nouns)
        and not action[0].verb.english.endswith(" up")
        and action[0].verb.infinitive not in ("fragen", "rufen", "empfehlen", "suchen")
    )
