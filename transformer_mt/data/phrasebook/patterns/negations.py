"""Patterns: negation with "nicht" and with "kein"."""

from functools import cache

from transformer_mt.data.phrasebook.constituents import sentence
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import negated, timed
from transformer_mt.data.phrasebook.objects import DEFINITE, INDEFINITE
from transformer_mt.data.phrasebook.patterns.pair import Pair
from transformer_mt.data.phrasebook.scenes import Action, Scene, actions, draw_scene, draw_time
from transformer_mt.data.phrasebook.words import Modal


def nicht(draw: Draw) -> Pair:
    """Show "nicht" after a definite object, before a preposition: Ich kaufe das Auto nicht."""
    if draw.chance(0.2):
        scene = draw_scene(draw, disliked(), determiners=DEFINITE, with_adjective=True)
        while scene.modifier in WELCOME:
            scene = draw_scene(draw, disliked(), determiners=DEFINITE, with_adjective=True)
        time = None
    else:
        scene = _draw_deniable(draw, DEFINITE)
        time = draw_time(draw, scene.frame, scene.use, "negatable")
    clause = negated(scene.clause(do_support=True), scene.complement, time)
    return Pair(
        sentence(clause.english_negated),
        sentence(clause.verb_second),
        scene.combination(time.german if time else ""),
    )


@cache
def disliked() -> tuple[Action, ...]:
    """Return the states and skills one denies: nobody says that he loves no art."""
    return tuple(a for a in actions("state", "able") if a[0].verb.infinitive != "lieben")


# what nobody says that he does not like, need or have
WELCOME = (
    *("schön", "gut", "lecker", "interessant", "frisch", "bequem", "modern", "sauber", "ruhig"),
    *("hell", "freundlich", "klug"),
)


def kein(draw: Draw) -> Pair:
    """Show "kein" instead of "ein" or no article: Er kauft heute kein Brot."""
    if draw.chance(0.4):
        described = draw.chance(0.5)
        scene = draw_scene(
            draw,
            disliked(),
            determiners=INDEFINITE,
            with_adjective=described,
            negated=True,
        )
        if scene.modifier in WELCOME:
            return kein(draw)
        clause = scene.clause(do_support=True)
        combination = scene.combination("" if described else "kein")
    else:
        scene = _draw_deniable(draw, INDEFINITE)
        time = draw_time(draw, scene.frame, scene.use, "negatable")
        clause = timed(scene.clause(do_support=True), scene.complement, time)
        combination = scene.combination(time.german)
    return Pair(sentence(clause.english_negated), sentence(clause.verb_second), combination)


def _draw_deniable(draw: Draw, determiners: tuple[str, ...]) -> Scene:
    """Draw a scene with a negatable time; nobody "would not like to"."""
    definite = determiners == DEFINITE
    choices = actions("plan", "now", "need", "past", "modal", motion=None if definite else False)
    if not definite:  # "mit keinem Kind" is no everyday German
        choices = tuple(
            action
            for action in choices
            if not action[0].verb.preposition and action[0].verb.case == "accusative"
        )
    while True:
        scene = draw_scene(draw, choices, determiners=determiners, negated=not definite)
        if not (isinstance(scene.tense, Modal) and scene.tense.english_auxiliary == "would"):
            return scene
