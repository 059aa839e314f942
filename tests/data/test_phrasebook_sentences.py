"""What the phrasebook's grammar says, against German written by hand."""

import re

import pytest

from transformer_mt.data.phrasebook.constituents import (
    BARE,
    NO,
    THE,
    A,
    Determiner,
    NounPhrase,
    copula,
    possessive,
    predicate,
)
from transformer_mt.data.phrasebook.draw import Draw
from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, MODALS, NOUNS, PRONOUNS, VERBS
from transformer_mt.data.phrasebook.patterns import PATTERNS
from transformer_mt.data.phrasebook.words import Modal, Noun, Verb

NOUN = {noun.english: noun for noun in NOUNS}
ADJECTIVE = {adjective.english: adjective for adjective in ADJECTIVES}
VERB = {verb.infinitive: verb for verb in VERBS}
DETERMINERS = {
    "the": THE,
    "a": A,
    "": BARE,
    "no": NO,
    "three": Determiner("three", "drei", "none"),
    **{pronoun.english_possessive: possessive(pronoun) for pronoun in PRONOUNS},
}
CASES = ("nominative", "accusative", "dative")


# determiner, adjective, noun, plural | nominative, accusative, dative
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
my     old       friend    -      | mein alter Freund, meinen alten Freund, meinem alten Freund
my     old       cat       plural | meine alten Katzen, meine alten Katzen, meinen alten Katzen
no     young     doctor    -      | kein junger Arzt, keinen jungen Arzt, keinem jungen Arzt
a      expensive watch     -      | eine teure Uhr, eine teure Uhr, einer teuren Uhr
-      cold      water     -      | kaltes Wasser, kaltes Wasser, kaltem Wasser
-      hot       coffee    -      | heißer Kaffee, heißen Kaffee, heißem Kaffee
-      fresh     milk      -      | frische Milch, frische Milch, frischer Milch
-      long      story     plural | lange Geschichten, lange Geschichten, langen Geschichten
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
    assert [phrase.german(case) for case in CASES] == forms


@pytest.mark.parametrize(
    ("determiner", "adjective", "noun", "english"),
    [
        ("a", None, "apple", "an apple"),
        ("a", "red", "apple", "a red apple"),
        ("a", "old", "dog", "an old dog"),
        ("a", None, "uncle", "an uncle"),
        ("a", None, "email", "an email"),
        ("the", "interesting", "book", "the interesting book"),
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


# after the name of the pattern: English | German
SENTENCES = """
timed_statement:
  I am buying a book today. | Ich kaufe heute ein Buch.
  My father needs the car this evening. | Mein Vater braucht heute Abend das Auto.
  She is talking to a doctor on Monday. | Sie spricht am Montag mit einem Arzt.
  They are helping a child today. | Sie helfen heute einem Kind.
fronted_time:
  Tomorrow I am buying bread. | Morgen kaufe ich Brot.
  Yesterday Anna lost her key. | Gestern hat Anna ihren Schlüssel verloren.
  Every morning we drink coffee. | Jeden Morgen trinken wir Kaffee.
separable_verb:
  I am calling my brother tomorrow. | Ich rufe morgen meinen Bruder an.
  You are picking up the children today. | Sie holen heute die Kinder ab.
habit:
  Anna often reads books. | Anna liest oft Bücher.
  My mother cooks soup every day. | Meine Mutter kocht jeden Tag Suppe.
past:
  He bought milk yesterday. | Er hat gestern Milch gekauft.
  The teacher invited the students on Friday. | Der Lehrer hat am Freitag die Studenten eingeladen.
modal:
  We have to clean the kitchen today. | Wir müssen heute die Küche putzen.
  Paul wants to call his aunt tomorrow. | Paul will morgen seine Tante anrufen.
  You should help the boy today. | Sie sollten heute dem Jungen helfen.
direction:
  I went to the museum yesterday. | Ich bin gestern ins Museum gegangen.
  She is driving to Berlin tomorrow. | Sie fährt morgen nach Berlin.
place:
  They are eating an apple in the park. | Sie essen im Park einen Apfel.
  I am reading the letter in the garden. | Ich lese den Brief im Garten.
  We are waiting for our friend at the hotel. | Wir warten im Hotel auf unseren Freund.
adjective_object:
  She is wearing a red jacket. | Sie trägt eine rote Jacke.
  I lost the expensive watch. | Ich habe die teure Uhr verloren.
  He loves his old dog. | Er liebt seinen alten Hund.
dative_adjective:
  I am helping the old man. | Ich helfe dem alten Mann.
  We talk to the friendly women. | Wir sprechen mit den freundlichen Frauen.
number_object:
  We need three chairs. | Wir brauchen drei Stühle.
  I have two sisters. | Ich habe zwei Schwestern.
recipient:
  The teacher is giving the student a book. | Der Lehrer gibt dem Studenten ein Buch.
  Anna sent me the letter. | Anna hat mir den Brief geschickt.
  He should bring his daughters water. | Er sollte seinen Töchtern Wasser bringen.
pronoun_object:
  I am calling him tomorrow. | Ich rufe ihn morgen an.
  She helps us every day. | Sie hilft uns jeden Tag.
  I waited for them yesterday. | Ich habe gestern auf sie gewartet.
  Peter is visiting you today. | Peter besucht Sie heute.
gern:
  He likes to drink cold milk. | Er trinkt gern kalte Milch.
  Do you like to read long stories? | Lesen Sie gern lange Geschichten?
  I do not like to eat fresh fish. | Ich esse nicht gern frischen Fisch.
predicate_adjective:
  The coffee is very hot. | Der Kaffee ist sehr heiß.
  Is your sister tired? | Ist Ihre Schwester müde?
  The tickets are not cheap. | Die Fahrkarten sind nicht billig.
price:
  The bag costs thirty euros. | Die Tasche kostet dreißig Euro.
  Do the tomatoes cost four euros? | Kosten die Tomaten vier Euro?
location:
  My key is in the bag. | Mein Schlüssel liegt in der Tasche.
  Is the lamp next to the bed? | Steht die Lampe neben dem Bett?
existence:
  There is a park in the city. | In der Stadt gibt es einen Park.
  There is no hotel next to the church. | Neben der Kirche gibt es kein Hotel.
nicht:
  I am not buying the car today. | Ich kaufe das Auto heute nicht.
  He is not waiting for his brother today. | Er wartet heute nicht auf seinen Bruder.
  We are not going to the museum tomorrow. | Wir gehen morgen nicht ins Museum.
  I cannot find my red umbrella. | Ich kann meinen roten Regenschirm nicht finden.
kein:
  I do not have a black dog. | Ich habe keinen schwarzen Hund.
  Anna is not buying bread tomorrow. | Anna kauft morgen kein Brot.
  They did not write an email yesterday. | Sie haben gestern keine E-Mail geschrieben.
present_question:
  Does Anna need a doctor today? | Braucht Anna heute einen Arzt?
  Are you inviting my uncle tomorrow? | Laden Sie morgen meinen Onkel ein?
auxiliary_question:
  Did she find her bag yesterday? | Hat sie gestern ihre Tasche gefunden?
  Can your friend repair the watch today? | Kann Ihr Freund heute die Uhr reparieren?
when_where_why:
  When did Paul buy the camera? | Wann hat Paul die Kamera gekauft?
  Where did you lose the tickets? | Wo haben Sie die Fahrkarten verloren?
  Why is she opening the window? | Warum öffnet sie das Fenster?
what_or_whom:
  What are you cooking tomorrow? | Was kochen Sie morgen?
  Who is Maria helping today? | Wem hilft Maria heute?
  Who did he talk to yesterday? | Mit wem hat er gestern gesprochen?
who:
  Who is buying the book tomorrow? | Wer kauft morgen das Buch?
how_much:
  How much does the red bag cost? | Wie viel kostet die rote Tasche?
because_of_mood:
  He is sad because he lost his watch. | Er ist traurig, weil er seine Uhr verloren hat.
because_of_duty:
  I have no time because I have to cook soup. | Ich habe keine Zeit, weil ich Suppe kochen muss.
that_clause:
  I know that Peter is calling my boss today. | Ich weiß, dass Peter heute meinen Chef anruft.
  We hope that Anna is buying bread today. | Wir hoffen, dass Anna heute Brot kauft.
if_time:
  If Anna has time, she will cook fish today. | Wenn Anna Zeit hat, kocht sie heute Fisch.
  We will wash our car today if we have time. | Wir waschen heute unser Auto, wenn wir Zeit haben.
if_weather:
  If it rains, I will read a book. | Wenn es regnet, lese ich ein Buch.
purpose:
  He is going to the market to buy bread. | Er geht auf den Markt, um Brot zu kaufen.
  He went home to call his aunt. | Er ist nach Hause gegangen, um seine Tante anzurufen.
request:
  Please call my brother tomorrow. | Bitte rufen Sie morgen meinen Bruder an.
  Could you please close the door now? | Könnten Sie bitte jetzt die Tür schließen?
transfer_request:
  Could you please bring me the red umbrella? | Könnten Sie mir bitte den roten Regenschirm bringen?
order:
  I would like two tickets, please. | Ich hätte gern zwei Fahrkarten, bitte.
  We would like fresh bread, please. | Wir hätten gern frisches Brot, bitte.
"""


def sentence_rows():
    rows = []
    for line in SENTENCES.strip().splitlines():
        if line.endswith(":"):
            pattern = line.removesuffix(":")
        else:
            rows.append((pattern, *(text.strip() for text in line.split("|"))))
    return rows


ROWS = sentence_rows()


class GuidedDraw(Draw):
    """Choices that mostly fit a given English sentence, so that a pattern soon says it."""

    def __init__(self, source):
        super().__init__(0)
        self.source = source

    def choose(self, options):
        fitting = [option for option in options if self.mentions(option)]
        return super().choose(fitting if fitting and self.chance(0.8) else options)

    def mentions(self, option):
        if isinstance(option, tuple | list):
            return any(self.mentions(part) for part in option)
        if isinstance(option, Noun):
            forms = [option.english, option.english_plural]
        elif isinstance(option, Verb):
            forms = [option.english, option.english_third, option.english_ing, option.english_past]
        elif isinstance(option, Modal):
            forms = [option.english_auxiliary or option.english, option.english_third]
        else:
            names = ("english", "english_at", "english_to", "english_object")
            forms = [getattr(option, name, "") for name in names]
            parts = [getattr(option, name, None) for name in ("verb", "place")]
            if any(part is not None and self.mentions(part) for part in parts):
                return True
        return any(form and re.search(rf"\b{form}\b", self.source, re.I) for form in forms)


@pytest.mark.parametrize(("pattern_name", "source", "target"), ROWS, ids=[row[1] for row in ROWS])
def test_patterns_say_what_a_german_would(pattern_name, source, target):
    pattern = next(pattern for pattern, _ in PATTERNS if pattern.__name__ == pattern_name)
    draw = GuidedDraw(source)
    pairs = (pattern(draw) for _ in range(5_000))
    assert next(pair.target for pair in pairs if pair.source == source) == target


def test_every_pattern_is_checked():
    assert {row[0] for row in ROWS} == {pattern.__name__ for pattern, _ in PATTERNS}
