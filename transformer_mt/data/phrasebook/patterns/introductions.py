"""Patterns: professions, languages, where people are from, good wishes, advice."""

from dataclasses import replace
from functools import cache

from transformer_mt.data.phrasebook.constituents import (
    BARE,
    A,
    NounPhrase,
    Subject,
    begins_with_vowel,
    copula,
    join,
    possessive,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import LANGUAGES, MODALS, ORIGINS, PROFESSIONS
from transformer_mt.data.phrasebook.objects import adjectives_for, numbers_after
from transformer_mt.data.phrasebook.patterns.pair import Pair, ask, state, state_deny_or_ask
from transformer_mt.data.phrasebook.people import PRONOUN, draw_subject, not_us
from transformer_mt.data.phrasebook.scenes import draw_tense
from transformer_mt.data.phrasebook.topics.situations import ADJECTIVE, PLACE
from transformer_mt.data.phrasebook.usage import VERB, nouns_of

WANT = next(modal for modal in MODALS if modal.english == "want to")


def profession(draw: Draw) -> Pair:
    """Show professions, without an article in German: Meine Schwester ist Ärztin."""
    english, masculine, feminine = draw.choose(PROFESSIONS)
    subject = draw_subject(
        draw,
        lambda subject: (
            subject.pronoun in (PRONOUN["he"], PRONOUN["she"])
            and not subject.is_minor
            and not subject.english.startswith("the ")
            and "grand" not in subject.english
        ),
    )
    german = feminine if subject.pronoun is PRONOUN["she"] else masculine
    phrase = f"{'an' if begins_with_vowel(english) else 'a'} {english}"
    form = draw.choose(("be", "be", "work", "become"))
    asks = not_us(subject) and draw.chance(0.3)
    if form == "be":
        clause = Clause(subject, copula("third"), phrase, german)
    elif form == "work":
        forms = predicate(VERB["arbeiten"], "simple", "third", do_support=asks)
        clause = Clause(subject, forms, f"as {phrase}", f"als {german}")
    else:
        forms = predicate(VERB["werden"], WANT, "third", do_support=asks)
        clause = Clause(subject, forms, phrase, german)
    combination = (clause.predicate.finite, german, subject.name)
    return (ask if asks else state)(clause, combination)


def language(draw: Draw) -> Pair:
    """Show languages, negated with "kein": Sie spricht kein Spanisch."""
    english, german = draw.choose(LANGUAGES)
    form = draw.choose(("speak", "well", "little", "deny", "learn", "want", "ask", "ask well"))
    asks = form.startswith("ask")
    subject = draw_subject(draw, not_us) if asks else draw_subject(draw)
    english_extra, german_extra = {
        "well": ("well", "gut"),
        "ask well": ("well", "gut"),
        "little": ("a little", "ein bisschen"),
    }.get(form, ("", ""))
    if form == "well" and draw.chance(0.5):
        english_extra, german_extra = "very well", "sehr gut"
    combination = ("sprechen", german, join(subject.name.lower(), german_extra))
    if form in ("learn", "want"):
        tense = draw_tense(draw, "modal" if form == "want" else "plan")
        forms = predicate(VERB["lernen"], tense, subject.person)
        clause = Clause(subject, forms, english, german)
        return state(clause, ("lernen", german, subject.name.lower()))
    forms = predicate(SPEAK, "simple", subject.person, do_support=asks or form == "deny")
    if form == "deny":
        clause = Clause(subject, forms, english, join("kein", german))
        combination = ("sprechen", german, f"kein {subject.name.lower()}")
        return Pair(sentence(clause.english_negated), sentence(clause.verb_second), combination)
    order = (english_extra, english) if form == "little" else (english, english_extra)
    clause = Clause(subject, forms, join(*order), join(german_extra, german))
    return (ask if asks else state)(clause, combination)


# "talk to" is the verb of the lexicon; languages one speaks.
SPEAK = replace(
    VERB["sprechen"],
    english="speak",
    english_third="speaks",
    english_ing="speaking",
    english_past="spoke",
)


def origin(draw: Draw) -> Pair:
    """Show where people come from and live: Mein Kollege kommt aus der Schweiz."""
    subject = draw_subject(draw)
    if draw.chance(0.05):
        asked = draw_subject(draw, not_us)
        forms = predicate(VERB["kommen"], "simple", asked.person, do_support=True)
        clause = Clause(asked, forms, "from", "")
        return Pair(
            sentence("where", clause.english_question, end="?"),
            sentence("woher", clause.verb_first, end="?"),
            ("kommen", "woher", asked.name.lower()),
        )
    if draw.chance(0.15):
        verb = VERB["studieren"]
        place = PLACE[draw.choose(("Berlin", "Hamburg", "Munich", "Cologne", "Vienna", "Paris"))]
        english, german = place.english_at, place.german_at
        subject = draw_subject(draw, may_study)
    elif draw.chance(0.6):
        verb = VERB["kommen"]
        english, german = draw.choose(ORIGINS)
        english, german = f"from {english}", f"aus {german}"
    else:
        verb = VERB["wohnen"]
        place = draw.choose([place for place in PLACE.values() if "travel" in place.travel])
        english, german = place.english_at, place.german_at
    clause = Clause(subject, predicate(verb, "simple", subject.person), english, german)
    forms = predicate(verb, "simple", subject.person, do_support=True)
    supported = Clause(subject, forms, english, german)
    combination = (verb.infinitive, german, subject.name.lower())
    return state_deny_or_ask(draw, clause, combination, supported=supported)


def may_study(subject: Subject) -> bool:
    """Allow those who may be at a university: not my grandmother, not the dentist."""
    is_noun = " " in subject.english
    return not is_noun or subject.english.split()[-1].removesuffix("s") in STUDENTS


STUDENTS = ("brother", "sister", "son", "daughter", "cousin", "student", "friend")

# English adjective | the one that says it in German | noun
WISHES = (
    ("nice", "beautiful", "weekend"),
    ("nice", "beautiful", "evening"),
    ("nice", "beautiful", "day"),
    ("nice", "beautiful", "vacation"),
    ("good", "good", "trip"),
    ("good", "good", "flight"),
)


def wish(draw: Draw) -> Pair:
    """Wish somebody something, in the accusative: Wir wünschen Ihnen einen schönen Abend."""
    english_adjective, name, noun_name = draw.choose(WISHES)
    (noun,) = nouns_of(noun_name)
    phrase = NounPhrase(noun, A, False, ADJECTIVE[name])
    german = phrase.german("accusative")
    english = f"a {english_adjective} {noun_name}"
    who = draw.choose((PRONOUN["I"], PRONOUN["we"]))
    receiver_english, receiver_german = draw.choose(wished_well())
    verb = VERB["wünschen"].german_present(who.person)
    return Pair(
        sentence(who.english, "wish", receiver_english, english),
        sentence(who.german, verb, receiver_german, german),
        ("wünschen", noun.german, receiver_german),
    )


@cache
def wished_well() -> tuple[tuple[str, str], ...]:
    """Return who is wished well: you, and yours; German in the dative."""
    you = PRONOUN["you"]
    phrases = [
        NounPhrase(noun, possessive(you), plural)
        for noun in nouns_of("kin befriended")
        for plural in numbers_after(possessive(you), noun, may_be_plural=bool(noun.english_plural))
    ]
    yours = tuple((phrase.english, phrase.german("dative")) for phrase in phrases)
    return (*yours, *(((you.english_object, you.dative),) * len(yours)))


def recommend(draw: Draw) -> Pair:
    """Ask for advice: "Können Sie mir ein gutes Restaurant in Wien empfehlen?"."""
    noun = draw.choose(RECOMMENDED)
    plural = bool(noun.english_plural) and not noun.is_mass and draw.chance(0.2)
    adjective = draw.choose([a for a in adjectives_for(noun, "empfehlen") if a.english in PRAISE])
    phrase = NounPhrase(noun, BARE if plural else A, plural, adjective)
    place = draw.choose([place for place in PLACE.values() if "travel" in place.travel])
    in_town = noun in nouns_of("restaurant hotel café museum exhibition doctor dentist")
    english_place, german_place = (
        (place.english_at, place.german_at) if in_town and draw.chance(0.6) else ("", "")
    )
    german = phrase.german("accusative")
    combination = ("empfehlen", noun.german, join(adjective.german, german_place))
    form = draw.choose(("can you", "could you please", "should"))
    if form == "should":
        return Pair(
            sentence("I can recommend", phrase.english, english_place),
            sentence("ich kann", german, german_place, "empfehlen"),
            combination,
        )
    if form == "can you":
        return Pair(
            sentence("can you recommend", phrase.english, english_place, end="?"),
            sentence("können Sie", german, german_place, "empfehlen", end="?"),
            combination,
        )
    return Pair(
        sentence("could you please recommend", phrase.english, english_place, end="?"),
        sentence("könnten Sie bitte", german, german_place, "empfehlen", end="?"),
        combination,
    )


RECOMMENDED = nouns_of(
    "restaurant hotel café museum beach book novel movie doctor dentist "
    "exhibition tour wine dictionary camera"
)
PRAISE = ("good", "small", "quiet", "beautiful", "interesting", "modern", "short")
