"""Patterns: statements with a time or a place, in the present, the past and with modal verbs."""

from transformer_mt.data.phrasebook.constituents import sentence
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import placed, timed
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask, state
from transformer_mt.data.phrasebook.people import not_us
from transformer_mt.data.phrasebook.scenes import Scene, actions, draw_scene, draw_time
from transformer_mt.data.phrasebook.topics.situations import ACTIVITIES


def timed_statement(draw: Draw) -> Pair:
    """Show verb-second order, the time before the object: Ich kaufe heute ein Buch."""
    scene = draw_scene(draw, actions("plan", "now", "need", separable=False, motion=False))
    return _with_time(draw, scene)


def plain_state(draw: Draw) -> Pair:
    """Show lasting states without a time: "Haben Sie eine Reservierung?"."""
    scene = draw_scene(draw, actions("state"))
    combination = scene.combination("" if scene.modifier else "ohne Zeit")
    loves = scene.frame.verb.infinitive == "lieben"  # of which one tells rather than asks
    if not_us(scene.subject) and not loves and draw.chance(0.5):
        return ask(scene.clause(do_support=True), combination)
    return state(scene.clause(), combination)


def separable_verb(draw: Draw) -> Pair:
    """Show a separable prefix closing the sentence: Ich rufe morgen meinen Bruder an."""
    return _with_time(draw, draw_scene(draw, actions("plan", "now", "habit", separable=True)))


def habit(draw: Draw) -> Pair:
    """Show the simple present: "Anna often reads books." / Anna liest oft Bücher."""
    scene = draw_scene(draw, actions("habit", "wont", separable=False, motion=False))
    return _with_time(draw, scene)


def past(draw: Draw) -> Pair:
    """Show the past, a German perfect with its participle last: Er hat gestern Brot gekauft."""
    return _with_time(draw, draw_scene(draw, actions("past", motion=False)))


def modal(draw: Draw) -> Pair:
    """Show a modal verb second, the infinitive last: Wir müssen heute die Küche putzen."""
    return _with_time(draw, draw_scene(draw, actions("modal")))


def direction(draw: Draw) -> Pair:
    """Show where to: accusative, contractions, perfect with sein: Ich bin ins Kino gegangen."""
    return _with_time(draw, draw_scene(draw, actions("plan", "habit", "past", motion=True)))


def _with_time(draw: Draw, scene: Scene) -> Pair:
    time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(), scene.complement, time)
    return state(clause, scene.combination(time.german))


def fronted_time(draw: Draw) -> Pair:
    """Show inversion: the time first, the verb still second: Morgen kaufe ich ein Buch."""
    scene = draw_scene(draw, actions("plan", "now", "need", "habit", "wont", "past", "modal"))
    time = draw_time(draw, scene.frame, scene.use, "front")
    clause = scene.clause()
    return Pair(
        sentence(time.english, clause.english),
        sentence(time.german, clause.verb_first),
        scene.combination(time.german),
    )


def place(draw: Draw) -> Pair:
    """Show where, in the dative: after a definite object, else before it: Er isst im Park Brot."""
    activity = draw.choose(ACTIVITIES)
    choices = [
        (frame, use)
        for frame in activity.frames
        for use in frame.uses
        if use in ("plan", "now", "past")
    ]
    scene = draw_scene(draw, choices)
    clause = placed(scene.clause(), scene.complement, activity.place)
    return state(clause, scene.combination(activity.place.german_at))
