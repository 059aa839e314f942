"""Patterns: polite requests."""

from dataclasses import replace

from transformer_mt.data.phrasebook.constituents import join, sentence
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import timed
from transformer_mt.data.phrasebook.patterns.pair import Combination, Pair
from transformer_mt.data.phrasebook.people import PRONOUN, is_you
from transformer_mt.data.phrasebook.scenes import Scene, actions, draw_scene, draw_time
from transformer_mt.data.phrasebook.usage import TRANSFERS


def request(draw: Draw) -> Pair:
    """Show the imperative or "Könnten Sie": Bitte rufen Sie morgen meinen Bruder an."""
    scene = draw_scene(draw, actions("request"), subjects=is_you)
    time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(), scene.complement, time)
    return _request(
        draw, scene, clause.english_rest, ("", clause.german_middle), scene.combination(time.german)
    )


def transfer_request(draw: Draw) -> Pair:
    """Show a request with a dative pronoun: "Könnten Sie mir bitte die Uhr zeigen?"."""
    choices = [(frame, "request") for frame in TRANSFERS]
    scene = draw_scene(draw, choices, subjects=is_you, with_adjective=True)
    receiver = PRONOUN[draw.choose(("I", "I", "we", "he", "she"))]
    return _request(
        draw,
        scene,
        join(receiver.english_object, scene.complement.english),
        (receiver.dative, scene.complement.german),
        scene.combination(),
    )


def _request(
    draw: Draw,
    scene: Scene,
    english_rest: str,
    german_middle: tuple[str, str],
    combination: Combination,
) -> Pair:
    """Ask for it; ``german_middle`` is what goes before "bitte" in a question, and after it."""
    verb = scene.frame.verb
    before, after = german_middle
    if draw.chance(0.5):
        source = sentence("please", verb.english, english_rest)
        imperative = replace(scene.clause(), german_middle=join(before, after))
        return Pair(source, sentence("bitte", imperative.verb_first), combination)
    source = sentence("could you please", verb.english, english_rest, end="?")
    target = sentence("könnten Sie", before, "bitte", after, verb.infinitive, end="?")
    return Pair(source, target, combination)
