"""What no sentence of the built-in corpus says: odd, rude or ambiguous things."""

import re

import pytest

from transformer_mt.data.phrasebook.constituents import BARE, THE, A, NounPhrase, possessive
from transformer_mt.data.phrasebook.generate import draw_phrases
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, NOUNS, PRONOUNS
from transformer_mt.data.phrasebook.objects import numbers_after

NOUN = {noun.english: noun for noun in NOUNS}
MINE = possessive(next(pronoun for pronoun in PRONOUNS if pronoun.english == "I"))
OUR = possessive(next(pronoun for pronoun in PRONOUNS if pronoun.english == "we"))

GARMENTS = "dress|shirt|blouse|skirt|jacket|coat|sweater|suit|hat|cap|scarf|tie"
OWN = "passport|wallet|phone|watch|ring|toothbrush"
MANY = "brothers|sons|daughters|uncles|aunts|cousins|friends|neighbors|colleagues|men|women|boys"
SEVERAL = rf"(we|they|(the|my|our|your|his|her) ({MANY}))"
ALONE = (
    r"(wear|wore|wearing|put on|putting on|try on|tried on|trying on|take off|taking off|took off)"
)

# what is wrong with it: a pattern of the English side
ENGLISH = {
    "a movable one is a wardrobe": r"\b(closet|cellar|shelf|shelves)",
    "a friend of one's own is a lover": r"\b(my|our|your|his|her|their)( [a-z]+)? friend\b",
    "whose colleague": r"\bthe( [a-z]+)? colleagues?\b",
    "eyeglasses": r"\b(?:my|our|your|his|her|their|the|these)( [a-z]+)? glasses\b",
    "several people, one garment": rf"\b{SEVERAL} (are |were )?([a-z]+ )?{ALONE} "
    rf"(a|an|the|my|our|your|his|her|their)( [a-z]+)? ({GARMENTS})\b",
    "another's clothes": r"\b(his( [a-z]+)? (blouse|skirt|dress)|her( [a-z]+)? tie)(s|es)?\b",
    "several people, one passport": rf"\b(our|their)( [a-z]+)? ({OWN}|ticket)(?! number)\b",
    "several of one's own": rf"\b(my|his|her)( [a-z]+)? ({OWN})(s|es)\b",
    "done in an instant": r"\b(open|clos|turn|pay|sign|call|putt|tak)ing\b.* at the moment",
    "who soon": r"^(who|what|which)\b.* soon\?",
    "telling you what you do": r"\b(know|believe|say)s? that you\b",
    "asking about what is mine": r"^(is|are|do|does|did|can|should|would) (my|our) ",
    "a little one": r"\ba little fish\b",
    "by the piece": r"\bpieces? of soap\b",
    "one watches movies": r"\blikes to see\b|^(i|we|you|they) like to see\b",
    "delicious denied": r"\bnot\b.* delicious",
    "needed enough": r"\bneeds? enough\b",
    "dated films": r"\b(movie|course) is on the [a-z-]+ of ",
}
# the same of the German side
GERMAN = {
    "ein eigener Freund": r"\b(mein|unser|ihr|sein)(e[mn]|es)?( [a-zäöüß]+)? Freund\b",
    "geschwommen wird im See": r"\bam See\b.*(schwimm|geschwommen)|schwimm\w+ .*\bam See\b",
    "geparkt wird vor dem Haus": r"\bim (Hotel|Krankenhaus)\b.*\b(ge)?park",
    "fotografiert wird im Haus": r"\bbei der Bank\b.*fotografier",
    "Dativ zuerst": r"^(Gehör|Pass)(t|en) (der|die|das|dies\w*) .*(mir|ihr|ihm|ihnen|Ihnen)\b",
    "keine Liebe": r"\bliebe\w* .*\bkein",
    "hoffen zu können": r"\bhoff(e|t|en), [^.]* zu (?!können)[a-zäöü]+\.",
}


@pytest.fixture(scope="module")
def all_phrases():
    return draw_phrases()


@pytest.mark.parametrize("what", ENGLISH)
def test_nothing_odd_is_said_in_english(all_phrases, what):
    odd = re.compile(ENGLISH[what], re.IGNORECASE)
    assert not [phrase.source for phrase in all_phrases if odd.search(phrase.source)]


@pytest.mark.parametrize("what", GERMAN)
def test_nothing_odd_is_said_in_german(all_phrases, what):
    odd = re.compile(GERMAN[what])
    found = [phrase.target for phrase in all_phrases if odd.search(phrase.target)]
    assert not found


def test_an_adjective_with_an_ending_stands_before_a_noun(all_phrases):
    forms = {
        form.stem + ending
        for adjective in ADJECTIVES
        for form in (adjective, adjective.comparative)
        if form is not None
        for ending in ("e", "en", "em", "er", "es")
    } - {"lange"}  # wie lange
    seen = 0
    for phrase in all_phrases:
        tokens = re.findall(r"[\w'-]+", phrase.target)
        for word, after in zip(tokens, [*tokens[1:], ""], strict=True):
            if word in forms and after != "als":  # größer als
                seen += 1
                assert after[:1].isupper(), phrase
    assert seen > 5_000


def test_a_noun_phrase_has_a_noun():
    with pytest.raises(AssertionError, match="wine has no plural"):
        NounPhrase(NOUN["wine"], BARE, plural=True)
    with pytest.raises(AssertionError):
        NounPhrase(NOUN["friend"], MINE)
    assert NounPhrase(NOUN["friend"], A).english == "a friend"


@pytest.mark.parametrize(
    ("determiner", "noun", "numbers"),
    [
        (THE, "book", (False, True)),
        (MINE, "book", (False, True)),
        (THE, "shoe", (True,)),
        (OUR, "coat", (True,)),
        (MINE, "coat", (False, True)),
        (OUR, "passport", (True,)),
        (MINE, "passport", (False,)),
        (MINE, "friend", (True,)),
        (MINE, "doctor", (False,)),
        (THE, "doctor", (False, True)),
    ],
)
def test_how_many_one_has_of_a_thing(determiner, noun, numbers):
    assert numbers_after(determiner, NOUN[noun], may_be_plural=True) == numbers
