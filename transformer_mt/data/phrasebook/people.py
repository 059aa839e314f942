"""Who acts: pronouns, first names and nouns for people."""

from collections.abc import Callable
from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    THE,
    A,
    Determiner,
    NounPhrase,
    Subject,
    possessive,
    pronoun_subject,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.lexicon import NAMES, NOUNS, PRONOUNS
from transformer_mt.data.phrasebook.usage import GROWN_UP
from transformer_mt.data.phrasebook.words import Noun, Pronoun, Verb

PRONOUN = {pronoun.english: pronoun for pronoun in PRONOUNS}


def anybody(subject: Subject) -> bool:
    """Allow every subject."""
    return bool(subject.name)


def has_pronoun(subject: Subject) -> bool:
    """Allow subjects that a pronoun can resume: not das Kind, das Mädchen."""
    return subject.pronoun is not None


def not_us(subject: Subject) -> bool:
    """Allow subjects one asks others about: neither me nor mine."""
    ours = subject.english.startswith(("my ", "our "))
    return not ours and subject.pronoun not in (PRONOUN["I"], PRONOUN["we"])


def is_you(subject: Subject) -> bool:
    """Allow only the person spoken to."""
    return subject.pronoun is PRONOUN["you"]


def other_pronouns(pronoun: Pronoun | None) -> tuple[Pronoun, ...]:
    """Return the pronouns for anybody else; "we" includes me."""
    speakers = (PRONOUN["I"], PRONOUN["we"])
    excluded = speakers if pronoun in speakers else (pronoun,)
    return tuple(other for other in PRONOUNS if other not in excluded)


def suits(subject: Subject, verb: Verb) -> bool:
    """Return whether the subject may do this: children do not drive."""
    return not (subject.is_minor and verb.infinitive in GROWN_UP)


def befits(subject: Subject, verb: Verb, noun: Noun) -> bool:
    """Return whether the subject may have to do with the noun: coffee, skirts, ties."""
    if subject.is_minor and "adult" in noun.kinds:
        return False
    if "grand" in subject.english and "elder" in noun.kinds:
        return False
    if verb.infinitive in ("kaufen", "mögen", "sehen", "bringen", "schicken"):
        return True
    wearers = {"womens": ("she", "I", "you"), "mens": ("he", "I", "you")}
    for kind, pronouns in wearers.items():
        if kind in noun.kinds:
            return subject.pronoun is not None and subject.pronoun.english in pronouns
    return True


def shares_oddly(subject: Subject, verb: Verb, phrase: NounPhrase) -> bool:
    """Return whether several people would wear one coat, eat one apple or read a book."""
    several = subject.person == "plural" and not is_you(subject)
    one = not phrase.plural and not phrase.noun.is_mass and phrase.noun.english != "pizza"
    alone = verb.infinitive in EACH_ALONE
    ordered = verb.infinitive == "bestellen" and "dish" in phrase.noun.kinds
    read = verb.infinitive == "lesen" and phrase.determiner is A
    return several and one and (alone or ordered or read)


# what everybody does with a thing of his own
EACH_ALONE = ("tragen", "anziehen", "ausziehen", "anprobieren", "essen")


@cache
def noun_subjects() -> tuple[Subject, ...]:
    """Noun phrases for people: "my brother", "the teacher", "our neighbors"."""
    subjects = []
    for noun in NOUNS:
        owned = [possessive(PRONOUN[owner]) for owner in ("I", "we", "you", "he", "she")]
        singular = {"kin": owned, "befriended": [], "person": [THE]}
        plural = {"kin": owned, "befriended": owned, "person": [THE]}
        subjects += [
            noun_subject(NounPhrase(noun, word)) for word in _first_of(singular, noun.kinds)
        ]
        if noun.english_plural:
            subjects += [
                noun_subject(NounPhrase(noun, word, plural=True))
                for word in _first_of(plural, noun.kinds)
            ]
    return tuple(subjects)


def _first_of(determiners: dict[str, list[Determiner]], kinds: tuple[str, ...]) -> list[Determiner]:
    """Return the determiners of the first of these kinds that has any."""
    return next((words for kind, words in determiners.items() if kind in kinds), [])


def noun_subject(phrase: NounPhrase) -> Subject:
    """Return a noun phrase as a subject."""
    if phrase.plural:
        resumed: Pronoun | None = PRONOUN["they"]
    else:
        resumed = {"m": PRONOUN["he"], "f": PRONOUN["she"], "n": None}[phrase.noun.gender]
    return Subject(
        name=phrase.noun.german,
        english=phrase.english,
        german=phrase.german("nominative"),
        person="plural" if phrase.plural else "third",
        pronoun=resumed,
        is_minor="minor" in phrase.noun.kinds,
    )


@cache
def relatives() -> tuple[Subject, ...]:
    """Return the nouns with a possessive: "my brother", "our neighbors"."""
    return tuple(s for s in noun_subjects() if not s.english.startswith("the "))


@cache
def strangers() -> tuple[Subject, ...]:
    """Return the nouns with "the"."""
    return tuple(s for s in noun_subjects() if s.english.startswith("the "))


@cache
def genitive_subjects() -> tuple[tuple[Determiner, bool, None, str], ...]:
    """Return owners: what stands for "my father's" before a noun, and "meines Vaters" after it.

    They are the arguments of a noun phrase after its noun. Names stand before it in German too.
    """
    names = [(Determiner(f"{name}'s", f"{name}s", "none"), False, None, "") for name, _ in NAMES]
    phrases = [
        NounPhrase(noun, possessive(PRONOUN[owner]))
        for noun in NOUNS
        if "kin" in noun.kinds
        for owner in ("I", "we", "you", "he", "she")
    ]
    return (
        *names,
        *(
            (
                Determiner(f"{phrase.english}'s", "", "definite"),
                False,
                None,
                phrase.german("genitive"),
            )
            for phrase in phrases
        ),
    )


@cache
def pronoun_subjects() -> tuple[Subject, ...]:
    """I, we, you, he, she, they."""
    return tuple(pronoun_subject(pronoun) for pronoun in PRONOUNS)


@cache
def name_subjects() -> tuple[Subject, ...]:
    """First names."""
    return tuple(Subject(name, name, name, "third", PRONOUN[pronoun]) for name, pronoun in NAMES)


def draw_subject(draw: Draw, allowed: Callable[[Subject], bool] = anybody) -> Subject:
    """Draw a subject: as many pronouns as nouns, some names, and "I" more often than others."""
    while True:
        pronouns, names = pronoun_subjects(), name_subjects()
        speaker = pronouns[:1]  # ich: its verb forms are nobody else's
        family, others = relatives(), strangers()
        groups = (family, family, others, pronouns, pronouns, pronouns, speaker, names)
        subject = draw.choose(draw.choose(groups))
        if allowed(subject):
            return subject
