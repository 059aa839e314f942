"""Patterns: two clauses; in a German subordinate clause the finite verb comes last."""

from dataclasses import replace
from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    Subject,
    copula,
    join,
    predicate,
    pronoun_subject,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause, plain_clause, timed
from transformer_mt.data.phrasebook.objects import direction
from transformer_mt.data.phrasebook.patterns.pair import Combination, Pair
from transformer_mt.data.phrasebook.people import (
    has_pronoun,
    is_you,
    name_subjects,
    other_pronouns,
    pronoun_subjects,
    suits,
)
from transformer_mt.data.phrasebook.scenes import (
    MUST,
    WORK,
    Action,
    Scene,
    actions,
    draw_scene,
    draw_tense,
    draw_time,
)
from transformer_mt.data.phrasebook.topics.situations import (
    CONDITIONS,
    DUTIES,
    DUTIES_AT_HOME,
    ERRANDS,
    MOODS,
)
from transformer_mt.data.phrasebook.usage import VERB


def because_of_mood(draw: Draw) -> Pair:
    """Show "weil" with a perfect: Er ist glücklich, weil er das Buch gefunden hat."""
    adjective, frames = draw.choose(MOODS)
    scene = draw_scene(draw, [(frame, "past") for frame in frames], subjects=has_pronoun)
    main = Clause(scene.subject, copula(scene.subject.person), adjective.english, adjective.german)
    return _because(main, scene)


def because_of_duty(draw: Draw) -> Pair:
    """Show "weil" with a modal: Ich habe keine Zeit, weil ich die Küche putzen muss."""
    at_home = draw.chance(0.5)
    frames = DUTIES_AT_HOME if at_home else DUTIES
    scene = draw_scene(draw, [(frame, "modal") for frame in frames], subjects=has_pronoun)
    scene = replace(scene, tense=MUST)
    person = scene.subject.person
    if at_home:
        forms = predicate(VERB["bleiben"], "progressive", person)
        main = Clause(scene.subject, forms, "at home", "zu Hause")
    else:
        forms = predicate(VERB["haben"], "simple", person)
        main = Clause(scene.subject, forms, "no time", "keine Zeit")
    return _because(main, scene)


def _because(main: Clause, scene: Scene) -> Pair:
    reason = _resumed(scene).clause()
    return Pair(
        sentence(main.english, "because", reason.english),
        sentence(f"{main.verb_second},", "weil", reason.verb_final),
        scene.combination(main.german_middle),
    )


def _resumed(scene: Scene) -> Scene:
    """Return the scene with a pronoun for its subject, as it goes on about somebody named."""
    assert scene.subject.pronoun is not None
    return replace(scene, subject=pronoun_subject(scene.subject.pronoun))


def that_clause(draw: Draw) -> Pair:
    """Show "dass" after verbs of knowing and saying: Ich weiß, dass Anna morgen kommt."""
    verb = VERB[draw.choose(("wissen", "glauben", "hoffen", "sagen"))]
    speaker = draw.choose(speakers(reporting=verb.infinitive == "sagen"))
    hoped = verb.infinitive == "hoffen"
    scene = draw_scene(
        draw,
        noteworthy_actions("plan") if hoped else noteworthy_actions("plan", "habit", "past"),
        # and nobody is told what he does himself
        subjects=lambda subject: (
            subject.pronoun in other_pronouns(speaker.pronoun) and not is_you(subject)
        ),
    )
    if hoped:
        scene = replace(scene, tense="future")
    time = draw_time(draw, scene.frame, scene.use)
    main = Clause(speaker, predicate(verb, "simple", speaker.person), "", "")
    content = timed(scene.clause(), scene.complement, time)
    return Pair(
        sentence(main.english, "that", content.english),
        sentence(f"{main.verb_second},", "dass", content.verb_final),
        scene.combination(time.german),
    )


@cache
def noteworthy_actions(*uses: str) -> tuple[Action, ...]:
    """Return what one hopes that others will do, or knows and tells of them."""
    verbs = "besuchen helfen anrufen abholen reparieren backen einladen verkaufen aufräumen "
    verbs += "zurückgeben reisen fliegen treffen kaufen mieten verlieren finden arbeiten bezahlen"
    return tuple(a for a in actions(*uses) if a[0].verb.infinitive in verbs.split())


@cache
def speakers(*, reporting: bool) -> tuple[Subject, ...]:
    """Return who knows and believes something, and whose words one reports."""
    unlikely = ("I", "we", "you") if reporting else ("you",)
    thinkers = [subject for subject in pronoun_subjects() if subject.english not in unlikely]
    return (*thinkers, *name_subjects())


def if_time(draw: Draw) -> Pair:
    """Show "wenn" last or first, then the verb: Wenn ich Zeit habe, koche ich heute Suppe."""
    scene = draw_scene(draw, leisurely_actions(), subjects=has_pronoun)
    while scene.complement.name in (*WORK, "nach Hause"):
        scene = draw_scene(draw, leisurely_actions(), subjects=has_pronoun)
    scene = replace(scene, tense="future")
    time = draw_time(draw, scene.frame, scene.use)
    if_first = draw.chance(0.5)
    resumed = _resumed(scene)
    named, other = (resumed, scene) if if_first else (scene, resumed)
    main = timed(named.clause(), scene.complement, time)
    has_time = predicate(VERB["haben"], "simple", scene.subject.person)
    condition = Clause(other.subject, has_time, "time", "Zeit")
    return _if(
        main,
        condition.english,
        condition.verb_final,
        if_first=if_first,
        combination=scene.combination(time.german),
    )


@cache
def leisurely_actions() -> tuple[Action, ...]:
    """Return what one does if one has time."""
    hasty = ("nehmen", "bestellen", "mieten", "verkaufen", "essen", "trinken", "fragen", "warten")
    return tuple(action for action in actions("plan") if action[0].verb.infinitive not in hasty)


def if_weather(draw: Draw) -> Pair:
    """Show "wenn" and the weather: Wenn es regnet, lesen wir ein Buch."""
    english, german, frames = draw.choose(CONDITIONS)
    scene = draw_scene(draw, [(frame, "plan") for frame in frames])
    scene = replace(scene, tense="future")
    return _if(
        scene.clause(),
        english,
        german,
        if_first=draw.chance(0.6),
        combination=scene.combination(german),
    )


def _if(
    main: Clause, english: str, german: str, *, if_first: bool, combination: Combination
) -> Pair:
    if if_first:
        source = sentence("if", f"{english},", main.english)
        target = sentence("wenn", f"{german},", main.verb_first)
    else:
        source = sentence(main.english, "if", english)
        target = sentence(f"{main.verb_second},", "wenn", german)
    return Pair(source, target, combination)


def purpose(draw: Draw) -> Pair:
    """Show "um … zu" and the infinitive: Er geht auf den Markt, um Brot zu kaufen."""
    errand = draw.choose(ERRANDS)
    travel = VERB["gehen" if "go" in errand.place.travel else "fahren"]
    scene = draw_scene(
        draw,
        [(frame, "plan") for frame in errand.frames],
        subjects=lambda subject: suits(subject, travel),
    )
    tense = draw_tense(draw, draw.choose(("plan", "past", "modal")))
    forms = predicate(travel, tense, scene.subject.person)
    main = plain_clause(scene.subject, forms, direction(errand.place))
    verb, complement = scene.frame.verb, scene.complement
    return Pair(
        sentence(main.english, "to", verb.english, complement.english),
        sentence(f"{main.verb_second},", "um", join(complement.german, verb.zu_infinitive)),
        scene.combination(errand.place.german_to),
    )
