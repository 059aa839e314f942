"""Patterns: suggestions, what one may do, and what is forbidden."""

from transformer_mt.data.phrasebook.constituents import (
    THE,
    THESE,
    THIS,
    NounPhrase,
    join,
    pronoun_subject,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.german import AUXILIARIES
from transformer_mt.data.phrasebook.grammar import timed
from transformer_mt.data.phrasebook.objects import adjectives_for
from transformer_mt.data.phrasebook.patterns.pair import Pair
from transformer_mt.data.phrasebook.people import PRONOUN, shares_oddly
from transformer_mt.data.phrasebook.scenes import draw_scene, draw_time
from transformer_mt.data.phrasebook.topics.permissions import PERMITTED, SUGGESTED
from transformer_mt.data.phrasebook.topics.routines import FORBIDDEN


def suggestion(draw: Draw) -> Pair:
    """Suggest something: "Wollen wir morgen das Museum besuchen?"."""
    scene = draw_scene(draw, SUGGESTED, subjects=lambda subject: subject.pronoun is PRONOUN["we"])
    time = draw_time(draw, scene.frame, scene.use)
    clause = timed(scene.clause(), scene.complement, time)
    verb = scene.frame.verb
    combination = scene.combination(time.german)
    if draw.chance(0.5):
        return Pair(
            sentence("let us", verb.english, clause.english_rest),
            sentence("lassen Sie uns", clause.german_middle, verb.infinitive),
            combination,
        )
    return Pair(
        sentence("shall we", verb.english, clause.english_rest, end="?"),
        sentence("wollen wir", clause.german_middle, verb.infinitive, end="?"),
        combination,
    )


def permission(draw: Draw) -> Pair:
    """Ask for permission: "Darf ich dieses Kleid anprobieren?"."""
    verb, nouns = draw.choose(PERMITTED)
    noun = draw.choose(nouns)
    plural = noun.is_paired
    adjectives = adjectives_for(noun) if "clothes" in noun.kinds else ()
    adjective = draw.choose(adjectives) if adjectives and draw.chance(0.4) else None
    phrase = NounPhrase(noun, draw.choose((THE, THESE if plural else THIS)), plural, adjective)
    german = phrase.german(verb.case)
    combination = (verb.infinitive, noun.german, join("dürfen", phrase.modifier))
    who = PRONOUN[draw.choose(("I", "I", "we"))]
    if shares_oddly(pronoun_subject(who), verb, phrase):
        who = PRONOUN["I"]
    may = AUXILIARIES["dürfen"][who.person]
    if draw.chance(0.7):
        return Pair(
            sentence("may", who.english, verb.english, phrase.english, end="?"),
            sentence(may, who.german, german, verb.infinitive, end="?"),
            combination,
        )
    return Pair(
        sentence("you may", verb.english, phrase.english),
        sentence("Sie dürfen", german, verb.infinitive),
        combination,
    )


def allowed_here(draw: Draw) -> Pair:
    """Show what is forbidden where: Sie dürfen im Museum nicht rauchen."""
    forbidden = draw.choose(FORBIDDEN)
    verb, place = forbidden.verb, draw.choose(forbidden.places)
    who = PRONOUN[draw.choose(("you", "you", "we", "they", "he", "she", "I"))]
    may = AUXILIARIES["dürfen"][who.person]
    combination = (verb.infinitive, place.german_at, "dürfen")
    form = draw.choose(("must not", "must not", "may"))
    if form == "may" and who.english in ("I", "we"):
        return Pair(
            sentence("may", who.english, verb.english, place.english_at, end="?"),
            sentence(may, who.german, place.german_at, verb.infinitive, end="?"),
            combination,
        )
    return Pair(
        sentence(who.english, "must not", verb.english, place.english_at),
        sentence(who.german, may, place.german_at, "nicht", verb.infinitive),
        combination,
    )
