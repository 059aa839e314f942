"""Patterns: whose things are, what things are, how they fit and taste; the genitive."""

from dataclasses import replace

from transformer_mt.data.phrasebook.constituents import (
    THE,
    THESE,
    THIS,
    A,
    NounPhrase,
    Tense,
    copula,
    join,
    possessive,
    predicate,
    sentence,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.grammar import Clause
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES
from transformer_mt.data.phrasebook.objects import adjectives_for, numbers_after
from transformer_mt.data.phrasebook.patterns.pair import (
    Combination,
    Pair,
    ask,
    dative_before_subject,
    deny,
    state,
)
from transformer_mt.data.phrasebook.people import (
    PRONOUN,
    draw_subject,
    genitive_subjects,
    not_us,
    noun_subject,
    suits,
)
from transformer_mt.data.phrasebook.scenes import MUST, draw_tense
from transformer_mt.data.phrasebook.topics.ownership import (
    COVETED,
    DONE_ABOUT,
    DURING,
    FITTING,
    IDENTIFIED,
    MISTAKEN,
    OWNED,
    PARTS,
    SHOWN_OFF,
    TASTED,
    TASTES,
)
from transformer_mt.data.phrasebook.topics.situations import ADJECTIVE
from transformer_mt.data.phrasebook.usage import VERB, nouns_of
from transformer_mt.data.phrasebook.words import Adjective, Noun


def describing(noun: Noun) -> tuple[Adjective, ...]:
    """Return what one may say of it after "to be"."""
    return tuple(a for a in ADJECTIVES if noun.tags.intersection(a.predicate_kinds))


def genitive_owner(draw: Draw) -> Pair:
    """Show the genitive after a noun: Ich suche den Schlüssel meiner Schwester."""
    determiner, _, _, owner = draw.choose(genitive_subjects())
    noun = draw.choose(OWNED)
    plural = noun.is_paired
    phrase = NounPhrase(noun, determiner, plural, None, owner)
    name = determiner.german or owner
    form = draw.choose(("is", "is", "where", "object", "object", "object"))
    if form == "where":
        subject = noun_subject(phrase)
        clause = Clause(subject, copula(subject.person), "", "")
        return Pair(
            sentence("where", clause.english_question, end="?"),
            sentence("wo", clause.verb_first, end="?"),
            ("sein", noun.german, f"wo {name}"),
        )
    if form == "is" and describing(noun):
        adjective = draw.choose(describing(noun))
        subject = noun_subject(phrase)
        clause = Clause(subject, copula(subject.person), adjective.english, adjective.german)
        combination = ("sein", noun.german, f"{adjective.german} {name}")
        forms = (state, ask, deny) if not_us(subject) else (state, deny)
        return draw.choose(forms)(clause, combination)
    infinitives = ["suchen", "finden", *(verb for verb, nouns in COVETED if noun in nouns)]
    verb = VERB[draw.choose(infinitives)]
    use = {"suchen": "now", "finden": "past"}.get(verb.infinitive, "state")
    subject = draw_subject(draw, lambda subject: subject.english not in name_of(determiner.english))
    verb_forms = predicate(verb, draw_tense(draw, use), subject.person)
    clause = Clause(subject, verb_forms, phrase.english, phrase.german("accusative"))
    return state(clause, (verb.infinitive, noun.german, name))


def name_of(owner: str) -> str:
    """Return who the owner is, without the ending of the genitive."""
    return owner.removesuffix("'s")


def genitive_part(draw: Draw) -> Pair:
    """Show the genitive of things: Ich kenne den Namen des Hotels nicht."""
    part_name, whole_name = draw.choose(PARTS)
    part, whole = draw.choose(nouns_of(part_name)), draw.choose(nouns_of(whole_name))
    determiner = draw.choose((THE, THE, THIS))
    whole_phrase = NounPhrase(whole, determiner)
    english = f"the {part.english} of {whole_phrase.english}"
    phrase = NounPhrase(part, THE, False, None, whole_phrase.german("genitive"))
    name = f"{part.german} {whole.german}"
    form = draw.choose(("know", "know not", "forgot", "is", "is"))
    adjectives = [a for a in describing(part) if a.english not in UNSAID_OF_PARTS]
    if form == "is" and adjectives:
        adjective = draw.choose(adjectives)
        subject = replace(noun_subject(phrase), english=english)
        clause = Clause(subject, copula("third"), adjective.english, adjective.german)
        combination = ("sein", name, adjective.german)
        return draw.choose((state, ask, deny))(clause, combination)
    if part.english not in ("name", "address", "price", "phone number"):
        return genitive_part(draw)
    subject = draw_subject(draw)
    verb = VERB["vergessen" if form == "forgot" else "kennen"]
    negated = form == "know not"
    tense = draw_tense(draw, "past" if form == "forgot" else "state")
    forms = predicate(verb, tense, subject.person, do_support=negated)
    german = join(phrase.german("accusative"), "nicht" if negated else "")
    clause = Clause(subject, forms, english, german)
    source = sentence(clause.english_negated if negated else clause.english)
    combination = (verb.infinitive, name, "nicht" if negated else determiner.german or "der")
    return Pair(source, sentence(clause.verb_second), combination)


UNSAID_OF_PARTS = ("right", "wrong", "hungry", "old", "new", "cheap", "expensive")


def genitive_preposition(draw: Draw) -> Pair:
    """Show prepositions with the genitive: Er hat während des Konzerts geschlafen."""
    german_preposition, causes, infinitive, english_rest, german_rest = draw.choose(DONE_ABOUT)
    noun = draw.choose(nouns_of(causes) if causes else DURING)
    english_preposition = {"wegen": "because of", "während": "during"}[german_preposition]
    phrase = NounPhrase(noun, THE)
    english = f"{english_preposition} {phrase.english}"
    german = f"{german_preposition} {phrase.german('genitive')}"
    verb = VERB[infinitive]
    subject = draw_subject(draw, lambda subject: suits(subject, verb))
    tense: Tense = MUST if german_preposition == "wegen" and draw.chance(0.4) else "past"
    forms = predicate(verb, tense, subject.person)
    clause = Clause(subject, forms, join(english_rest, english), join(german, german_rest))
    return state(clause, (infinitive, noun.german, join(german_preposition, german_rest)))


def belonging(draw: Draw) -> Pair:
    """Show a verb with the dative: Diese Tasche gehört meiner Schwester."""
    noun = draw.choose(OWNED)
    verb = VERB["gehören"]
    adjectives = adjectives_for(noun, "gehören")
    adjective = draw.choose(adjectives) if adjectives and draw.chance(0.4) else None
    plural = draw.choose(numbers_after(THE, noun, may_be_plural=draw.chance(0.4)))
    phrase = NounPhrase(noun, draw.choose((THESE if plural else THIS, THE)), plural, adjective)
    subject = noun_subject(phrase)
    form = draw.choose(("state", "state", "ask", "deny", "whose"))
    forms = predicate(verb, "simple", subject.person, do_support=form != "state")
    if form == "whose":
        clause = Clause(subject, forms, "", "")
        return Pair(
            sentence("who", clause.english_question, end="?"),
            sentence("wem", clause.verb_first, end="?"),
            ("gehören", noun.german, join("wem", phrase.modifier)),
        )
    if draw.chance(0.4):
        pronouns = ("you", "he", "she") if form == "ask" else ("I", "we", "he", "she", "they")
        owner = PRONOUN[draw.choose(pronouns)]
        english, german = owner.english_object, owner.dative
    else:
        owner_noun = draw.choose(nouns_of("kin"))
        possessor = PRONOUN[draw.choose(("you",) if form == "ask" else ("I", "we", "he", "she"))]
        owner_phrase = NounPhrase(owner_noun, possessive(possessor))
        english, german = owner_phrase.english, owner_phrase.german("dative")
    combination = ("gehören", noun.german, join(phrase.modifier, german))
    clause = Clause(subject, forms, english, german)
    if form == "ask":
        is_pronoun = " " not in german
        return ask(dative_before_subject(clause, german) if is_pronoun else clause, combination)
    if form == "state":
        return state(clause, combination)
    # "nicht" goes after a pronoun, but before a noun
    denied = join(german, "nicht") if " " not in german else join("nicht", german)
    return Pair(
        sentence(clause.english_negated),
        sentence(subject.german, forms.finite, denied),
        combination,
    )


def identity(draw: Draw) -> Pair:
    """Show nominatives after "das ist": Das ist ein schönes Schloss."""
    kind = draw.choose(("own", "own", "kin", "a", "a", "wrong"))
    determiner = A
    plural, adjective = False, None
    if kind == "own":
        noun = draw.choose(IDENTIFIED)
        determiner = possessive(PRONOUN[draw.choose(("I", "we", "you", "he", "she", "they"))])
        for kind_of_wear, wearer in (("womens", "she"), ("mens", "he")):
            if kind_of_wear in noun.kinds:
                determiner = possessive(PRONOUN[draw.choose(("I", "you", wearer))])
        many = noun not in nouns_of("home room table garden") and draw.chance(0.4)
        plural = draw.choose(numbers_after(determiner, noun, may_be_plural=many))
        adjectives = adjectives_for(noun, "sein")
        adjective = draw.choose(adjectives) if adjectives and draw.chance(0.4) else None
    elif kind == "kin":
        noun = draw.choose(nouns_of("kin befriended"))
        determiner = possessive(PRONOUN[draw.choose(("I", "we", "you", "he", "she"))])
        many = noun.is_befriended or (bool(noun.english_plural) and draw.chance(0.5))
        plural = draw.choose(numbers_after(determiner, noun, may_be_plural=many))
    elif kind == "a":
        noun = draw.choose(SHOWN_OFF)
        adjective = draw.choose(adjectives_for(noun, "sein"))
    else:
        noun = draw.choose(MISTAKEN)
        determiner = THE
        adjective = draw.choose((ADJECTIVE["right"], ADJECTIVE["wrong"]))
    phrase = NounPhrase(noun, determiner, plural, adjective)
    return _identify(draw, phrase)


def _identify(draw: Draw, phrase: NounPhrase) -> Pair:
    """Say, ask or deny that this is what the phrase says."""
    that, be, is_ = ("those", "are", "sind") if phrase.plural else ("that", "is", "ist")
    german = phrase.german("nominative")
    article = phrase.determiner.german or "der"
    combination: Combination = ("sein", phrase.noun.german, join("das", article, phrase.modifier))
    mine = phrase.determiner.english in ("my", "our", "his", "her", "their")
    form = draw.choose(("state", "state", "deny") if mine else ("state", "ask", "deny"))
    if phrase.adjective is ADJECTIVE["wrong"]:
        form = draw.choose(("state", "ask"))
    if form == "ask":
        return Pair(
            sentence(be, that, phrase.english, end="?"),
            sentence(is_, "das", german, end="?"),
            combination,
        )
    if form == "deny":
        denied = (
            phrase.german("nominative", negated=True)
            if phrase.determiner is A
            else join("nicht", german)
        )
        return Pair(
            sentence(that, be, "not", phrase.english), sentence("das", is_, denied), combination
        )
    return Pair(sentence(that, be, phrase.english), sentence("das", is_, german), combination)


def fit(draw: Draw) -> Pair:
    """Show a thing as subject, a person in the dative: Die rote Jacke passt mir nicht."""
    noun = draw.choose(FITTING)
    adjectives = adjectives_for(noun, "passen")
    adjective = draw.choose(adjectives) if adjectives and draw.chance(0.6) else None
    plural = noun.is_paired
    phrase = NounPhrase(noun, draw.choose((THESE if plural else THIS, THE)), plural, adjective)
    subject = noun_subject(phrase)
    form = draw.choose(("state", "ask", "deny"))
    others = ("she",) if "womens" in noun.kinds else ("he", "she")
    owner = PRONOUN[draw.choose(("you", *others) if form == "ask" else ("I", *others))]
    extras = (("", ""), ("well", "gut"), ("very well", "sehr gut"))
    english_extra, german_extra = draw.choose(extras[:2] if form == "ask" else extras)
    if form == "deny":
        english_extra, german_extra = "", "nicht"
    forms = predicate(VERB["passen"], "simple", subject.person, do_support=form != "state")
    english = join(owner.english_object, english_extra)
    german = join(owner.dative, german_extra)
    clause = Clause(subject, forms, english, german)
    combination = ("passen", noun.german, join(phrase.modifier, german))
    if form == "deny":
        return Pair(sentence(clause.english_negated), sentence(clause.verb_second), combination)
    if form == "ask":
        return ask(dative_before_subject(clause, owner.dative), combination)
    return state(clause, combination)


def taste(draw: Draw) -> Pair:
    """Say how food tastes: Die Suppe schmeckt sehr gut."""
    form = draw.choose((state, state, ask, deny))
    tastes = {ask: TASTES[:1], deny: TASTES[:3]}.get(form, TASTES)
    return form(*tasting(draw, tastes, do_support=form is not state))


def tasting(
    draw: Draw, tastes: tuple[tuple[str, str], ...] = TASTES, *, do_support: bool = False
) -> tuple[Clause, Combination]:
    """Draw a clause about how food tastes, one of these, and its combination."""
    noun = draw.choose(TASTED)
    plural = not noun.is_mass and noun.english not in ("cake", "pizza", "salad", "sandwich")
    phrase = NounPhrase(noun, draw.choose((THE, THESE if plural else THIS)), plural)
    subject = noun_subject(phrase)
    english, german = draw.choose(tastes)
    forms = predicate(VERB["schmecken"], "simple", subject.person, do_support=do_support)
    clause = Clause(subject, forms, english, german)
    return clause, ("schmecken", noun.german, join(german, phrase.determiner.german))
