# ruff: noqa: E501
"""How the phrasebook inflects, against paradigms written by hand."""

import pytest

from transformer_mt.data.phrasebook.constituents import (
    BARE,
    NO,
    THE,
    THESE,
    THIS,
    A,
    Determiner,
    NounPhrase,
    copula,
    possessive,
    predicate,
)
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, MODALS, NOUNS, PRONOUNS, VERBS

NOUN = {noun.english: noun for noun in NOUNS}
ADJECTIVE = {
    form.english: form
    for adjective in ADJECTIVES
    for form in (adjective, adjective.comparative)
    if form is not None
}
VERB = {verb.infinitive: verb for verb in VERBS}
DETERMINERS = {
    "the": THE,
    "a": A,
    "": BARE,
    "no": NO,
    "three": Determiner("three", "drei", "none"),
    "this": THIS,
    "these": THESE,
    **{pronoun.english_possessive: possessive(pronoun) for pronoun in PRONOUNS},
}
CASES = ("nominative", "accusative", "dative", "genitive")


# determiner, adjective, noun, plural | nominative, accusative, dative, perhaps genitive
DECLENSIONS = """
the    -         dog       -      | der Hund, den Hund, dem Hund
the    -         bag       -      | die Tasche, die Tasche, der Tasche
the    -         car       -      | das Auto, das Auto, dem Auto
the    -         child     plural | die Kinder, die Kinder, den Kindern
the    -         car       plural | die Autos, die Autos, den Autos
the    -         woman     plural | die Frauen, die Frauen, den Frauen
the    -         apple     plural | die Äpfel, die Äpfel, den Äpfeln
a      -         dog       -      | ein Hund, einen Hund, einem Hund
a      -         bag       -      | eine Tasche, eine Tasche, einer Tasche
a      -         book      -      | ein Buch, ein Buch, einem Buch
no     -         dog       -      | kein Hund, keinen Hund, keinem Hund
no     -         book      plural | keine Bücher, keine Bücher, keinen Büchern
my     -         brother   -      | mein Bruder, meinen Bruder, meinem Bruder
our    -         sister    -      | unsere Schwester, unsere Schwester, unserer Schwester
your   -         friend    plural | Ihre Freunde, Ihre Freunde, Ihren Freunden
his    -         daughter  plural | seine Töchter, seine Töchter, seinen Töchtern
her    -         mother    -      | ihre Mutter, ihre Mutter, ihrer Mutter
their  -         phone     -      | ihr Handy, ihr Handy, ihrem Handy
the    -         student   -      | der Student, den Studenten, dem Studenten
a      -         neighbor  -      | ein Nachbar, einen Nachbarn, einem Nachbarn
my     -         colleague -      | mein Kollege, meinen Kollegen, meinem Kollegen
the    -         boy       plural | die Jungen, die Jungen, den Jungen
the    old       man       -      | der alte Mann, den alten Mann, dem alten Mann
the    small     city      -      | die kleine Stadt, die kleine Stadt, der kleinen Stadt
the    new       picture   -      | das neue Bild, das neue Bild, dem neuen Bild
the    fresh     egg       plural | die frischen Eier, die frischen Eier, den frischen Eiern
a      big       dog       -      | ein großer Hund, einen großen Hund, einem großen Hund
a      red       jacket    -      | eine rote Jacke, eine rote Jacke, einer roten Jacke
a      white     shirt     -      | ein weißes Hemd, ein weißes Hemd, einem weißen Hemd
my     old       neighbor  -      | mein alter Nachbar, meinen alten Nachbarn, meinem alten Nachbarn
my     old       cat       plural | meine alten Katzen, meine alten Katzen, meinen alten Katzen
no     young     doctor    -      | kein junger Arzt, keinen jungen Arzt, keinem jungen Arzt
a      expensive watch     -      | eine teure Uhr, eine teure Uhr, einer teuren Uhr
-      cold      water     -      | kaltes Wasser, kaltes Wasser, kaltem Wasser
-      hot       coffee    -      | heißer Kaffee, heißen Kaffee, heißem Kaffee
-      fresh     milk      -      | frische Milch, frische Milch, frischer Milch
-      long      story     plural | lange Geschichten, lange Geschichten, langen Geschichten
this   -         room      -      | dieses Zimmer, dieses Zimmer, diesem Zimmer, dieses Zimmers
this   red       coat      -      | dieser rote Mantel, diesen roten Mantel, diesem roten Mantel, dieses roten Mantels
these  new       shoe      plural | diese neuen Schuhe, diese neuen Schuhe, diesen neuen Schuhen, dieser neuen Schuhe
the    -         bridge    -      | die Brücke, die Brücke, der Brücke, der Brücke
the    -         house     -      | das Haus, das Haus, dem Haus, des Hauses
my     -         father    -      | mein Vater, meinen Vater, meinem Vater, meines Vaters
your   -         sister    -      | Ihre Schwester, Ihre Schwester, Ihrer Schwester, Ihrer Schwester
her    -         neighbor  -      | ihr Nachbar, ihren Nachbarn, ihrem Nachbarn, ihres Nachbarn
the    -         name      -      | der Name, den Namen, dem Namen, des Namens
a      high      tower     -      | ein hoher Turm, einen hohen Turm, einem hohen Turm, eines hohen Turmes
a      dark      room      -      | ein dunkles Zimmer, ein dunkles Zimmer, einem dunklen Zimmer, eines dunklen Zimmers
a      bigger    suitcase  -      | ein größerer Koffer, einen größeren Koffer, einem größeren Koffer, eines größeren Koffers
-      warmer    boot      plural | wärmere Stiefel, wärmere Stiefel, wärmeren Stiefeln, wärmerer Stiefel
three  red       apple     plural | drei rote Äpfel, drei rote Äpfel, drei roten Äpfeln
"""


def declension_rows():
    rows = [line.split("|") for line in DECLENSIONS.strip().splitlines()]
    return [
        pytest.param(*words.split(), forms.strip().split(", "), id=" ".join(words.split()))
        for words, forms in rows
    ]


@pytest.mark.parametrize(("determiner", "adjective", "noun", "number", "forms"), declension_rows())
def test_noun_phrases_decline(determiner, adjective, noun, number, forms):
    phrase = NounPhrase(
        NOUN[noun],
        DETERMINERS[determiner.strip("-")],
        plural=number == "plural",
        adjective=ADJECTIVE.get(adjective),
    )
    assert [phrase.german(case) for case in CASES[: len(forms)]] == forms


@pytest.mark.parametrize(
    ("determiner", "adjective", "noun", "english"),
    [
        ("a", None, "apple", "an apple"),
        ("a", "red", "apple", "a red apple"),
        ("a", "old", "dog", "an old dog"),
        ("a", None, "uncle", "an uncle"),
        ("a", None, "email", "an email"),
        ("the", "interesting", "book", "the interesting book"),
        ("a", None, "university", "a university"),
        ("a", None, "hour", "an hour"),
    ],
)
def test_english_articles(determiner, adjective, noun, english):
    phrase = NounPhrase(
        NOUN[noun], DETERMINERS[determiner], adjective=ADJECTIVE.get(adjective or "")
    )
    assert phrase.english == english


MUST = next(modal for modal in MODALS if modal.english == "have to")
CAN = next(modal for modal in MODALS if modal.english_auxiliary == "can")


@pytest.mark.parametrize(
    ("infinitive", "tense", "person", "do_support", "english", "german_main", "verb_final"),
    [
        ("kaufen", "progressive", "first", False, "am buying", "kaufe", "kaufe"),
        ("lesen", "simple", "third", False, "reads", "liest", "liest"),
        ("lesen", "simple", "third", True, "does read", "liest", "liest"),
        ("anrufen", "progressive", "plural", False, "are calling", "rufen an", "anrufen"),
        ("abholen", "past", "third", False, "picked up", "hat abgeholt", "abgeholt hat"),
        ("gehen", "past", "first", True, "did go", "bin gegangen", "gegangen bin"),
        ("einladen", MUST, "third", False, "has to invite", "muss einladen", "einladen muss"),
        (
            "einladen",
            MUST,
            "plural",
            True,
            "do have to invite",
            "müssen einladen",
            "einladen müssen",
        ),
        ("sehen", CAN, "third", True, "can see", "kann sehen", "sehen kann"),
        ("aufräumen", "future", "third", False, "will tidy up", "räumt auf", "aufräumt"),
        ("trinken", "gern", "third", False, "likes to drink", "trinkt", "trinkt"),
    ],
)
def test_verbs_conjugate(infinitive, tense, person, do_support, english, german_main, verb_final):
    forms = predicate(VERB[infinitive], tense, person, do_support=do_support)
    assert f"{forms.auxiliary} {forms.main}".strip() == english
    assert f"{forms.finite} {forms.closing}".strip() == german_main
    assert forms.verb_final == verb_final


def test_to_be():
    assert copula("first").finite == "bin"
    assert copula("plural").finite == "sind"
    assert (copula("third", VERB["liegen"]).auxiliary, copula("third", VERB["liegen"]).finite) == (
        "is",
        "liegt",
    )
