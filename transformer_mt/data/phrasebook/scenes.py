"""Random but sensible scenes: who does what, drawn from the tables of ``usage``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    Subject,
    Tense,
    predicate,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause, Complement, plain_clause
from transformer_mt.data.phrasebook.lexicon import MODALS, TIMES
from transformer_mt.data.phrasebook.objects import (
    ARTICLES,
    directions,
    draw_noun_phrase,
    object_complement,
)
from transformer_mt.data.phrasebook.people import (
    anybody,
    befits,
    draw_subject,
    shares_oddly,
    suits,
)
from transformer_mt.data.phrasebook.usage import FRAMES, Frame
from transformer_mt.data.phrasebook.words import Time, Verb

# A frame in one of its uses.
Action = tuple[Frame, str]


@dataclass(frozen=True)
class Scene:
    """A subject, a verb in a use and tense, and its complement."""

    subject: Subject
    frame: Frame
    use: str
    tense: Tense
    complement: Complement
    modifier: str  # the German adjective or number in the complement, or empty

    def clause(self, *, do_support: bool = False) -> Clause:
        """Return the clause without adverbials; do-support for questions and negations."""
        verb_forms = predicate(
            self.frame.verb, self.tense, self.subject.person, do_support=do_support
        )
        return plain_clause(self.subject, verb_forms, self.complement)

    def combination(self, modifier: str = "") -> tuple[str, str, str]:
        """Return the German verb, complement and modifier."""
        return (self.frame.verb.infinitive, self.complement.name, modifier or self.modifier)


@cache
def actions(
    *uses: str, separable: bool | None = None, motion: bool | None = None
) -> tuple[Action, ...]:
    """Return the frames with these uses; ``separable`` and ``motion`` None allow both."""
    return tuple(
        (frame, use)
        for frame in FRAMES
        for use in uses
        if use in frame.uses
        and separable in (None, bool(frame.verb.prefix))
        and motion in (None, not frame.nouns)
    )


def draw_scene(
    draw: Draw,
    choices: Sequence[Action],
    *,
    subjects: Callable[[Subject], bool] = anybody,
    determiners: tuple[str, ...] = ARTICLES,
    with_adjective: bool = False,
    negated: bool = False,
) -> Scene:
    """Draw a scene; ``negated`` puts "kein" into the object."""
    while True:
        subject = draw_subject(draw, subjects)
        frame, use = draw.choose(choices)
        if not suits(subject, frame.verb):
            continue
        modifier = ""
        if frame.nouns:
            phrase = draw_noun_phrase(
                draw,
                frame,
                subject.pronoun,
                determiners=determiners,
                with_adjective=with_adjective,
            )
            if phrase is None:
                continue
            if not befits(subject, frame.verb, phrase.noun):
                continue
            if shares_oddly(subject, frame.verb, phrase):
                continue
            complement = object_complement(frame.verb, phrase, negated=negated)
            modifier = phrase.modifier
        else:
            complement = draw.choose(directions(frame.verb, often=use == "habit"))
            idle = subject.is_minor or "grand" in subject.english
            if idle and complement.name in WORK:
                continue
        if complement.name.split()[-1] != subject.name:  # nobody looks for himself
            tense = _likely(frame.verb, draw_tense(draw, use))
            return Scene(subject, frame, use, tense, complement, modifier)


# where those go who work or study
WORK = ("ins Büro", "zur Arbeit", "zur Universität")
CAN = MODALS[0]
WOULD = next(modal for modal in MODALS if modal.english_auxiliary == "would")
MUST = next(modal for modal in MODALS if modal.english == "have to")
# what one would like to do; that one can goes without saying
LIKED = ("essen", "trinken", "lesen", "schreiben")


def _likely(verb: Verb, tense: Tense) -> Tense:
    """Return the tense, or for an unlikely modal verb another: one would like to find, not seek."""
    if verb.infinitive == "suchen" and tense is WOULD:
        return MUST
    if verb.infinitive in LIKED and tense is CAN:
        return WOULD
    return tense


def draw_tense(draw: Draw, use: str) -> Tense:
    """Return the tense of a use, or any modal verb."""
    if use == "modal":
        return draw.choose(MODALS)
    if use == "able":
        return CAN
    tenses: dict[str, Tense] = {"plan": "progressive", "now": "progressive", "past": "past"}
    return tenses.get(use, "simple")


@cache
def times_for(uses: tuple[str, ...], use: str, trait: str) -> tuple[Time, ...]:
    """Return the times for one of the uses of a frame; a trait may narrow them down.

    What is not planned is wanted soon; what is planned long before is also told long after.
    """
    tags = {use}
    if use in ("modal", "request"):
        tags = {"plan" if "plan" in uses else "instant" if "instant" in uses else "soon"}
        if use == "request" or "prompt" in uses:
            tags.add("prompt")
    if use == "now" and "lasting" in uses:
        tags.add("lasting")
    if use in ("habit", "wont") and "custom" in uses:
        tags.add("custom")
    if use == "past":
        tags = {"recent", "past"} if "long" in uses else {"recent"}
    if "plan" in tags and "far" in uses:
        tags.add("far")
    if "slow" in uses:
        tags -= {"plan", "recent"}
    return tuple(
        time
        for time in TIMES
        if tags.intersection(time.uses) and (not trait or trait in time.traits)
    )


def draw_time(draw: Draw, frame: Frame, use: str, trait: str = "") -> Time:
    """Draw a time that goes with this use of the frame."""
    return draw.choose(times_for(frame.uses, use, trait))
