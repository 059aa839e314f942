"""Which nouns a verb goes with, and how it is used, so that every sentence makes sense.

A row names the verb by its German infinitive and nouns by kind or by their English name. Uses:

- plan: progressive with a time to come ("is buying … tomorrow"); now: only with today or now
- need: simple present with today or now; state: simple present without a time
- habit: simple present, repeated; past: past tense; modal: after a modal verb; able: after "can"
- request: what one asks for politely; gern: what one "likes to" do

Determiners: a, the (singular), some (a plural without article), plural (with "the" and
possessives also the plural), own (the subject's possessive), any (anybody's), few (2 to 5),
many (2 to 12). Mass nouns take no article instead of "a" and "some".
"""

from dataclasses import dataclass

from transformer_mt.data.phrasebook.lexicon import NOUNS, VERBS
from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.words import Noun, Verb


@dataclass(frozen=True, eq=False)
class Frame:
    """One way to use a verb: with which determiners and nouns; none for verbs of motion."""

    verb: Verb
    uses: tuple[str, ...]
    determiners: tuple[str, ...]
    nouns: tuple[Noun, ...]


def nouns_of(kinds: tuple[str, ...]) -> tuple[Noun, ...]:
    """Return the nouns of any of these kinds; a kind may also be the English name of one noun."""
    return tuple(noun for noun in NOUNS if {noun.english, *noun.kinds} & set(kinds))


VERB = {verb.infinitive: verb for verb in VERBS}


def _read_frames(table: str) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            VERB[verb], tuple(uses.split()), tuple(determiners.split()), nouns_of(tuple(k.split()))
        )
        for verb, uses, determiners, k in read_rows(table)
    )


# verb | uses | determiners | nouns
FRAMES = _read_frames("""
kaufen      | plan past modal request       | a the many       | goods shopping dress
kaufen      | plan past modal habit         | some             | shopping
kaufen      | gern                          | some             | clothes flower picture tomato apple
verkaufen   | plan past modal               | a the own many   | goods
essen       | plan past modal               | a the few        | food baked
essen       | habit                         | a some           | food
essen       | gern                          | some             | food
trinken     | plan past modal               | a the            | drink
trinken     | habit                         | a                | drink
trinken     | gern                          | some             | drink
lesen       | plan past modal               | a the few        | text
lesen       | habit                         | a some           | text
lesen       | plan past modal               | any              | letter email message
lesen       | gern                          | some             | text
schreiben   | plan past modal habit         | a few            | written mail
schreiben   | gern                          | some             | written mail
kochen      | plan past modal habit         | some             | cooked
sehen       | past                          | a the any many plural | person animal vehicle site
suchen      | now past modal                | a the own plural | thing animal
suchen      | now past modal                | a                | lodging
suchen      | now past modal                | the own          | role human
finden      | past                          | a the own plural | thing animal
finden      | able                          | the own plural   | thing animal clothes
verlieren   | past                          | the own plural   | thing clothes camera phone
brauchen    | need state                    | a some the many  | goods shopping key
brauchen    | need state                    | a the            | doctor
haben       | state                         | a few            | goods animal
haben       | state                         | few              | sibling
lieben      | state                         | own plural       | kin animal
mögen       | state                         | the any plural   | text clothes animal picture role
mögen       | state                         | the              | site
kennen      | state                         | the any plural   | person site
kennen      | state                         | the              | book story
besuchen    | plan past modal habit         | the any plural   | kin host
besuchen    | plan past modal               | a the            | visited
besuchen    | gern                          | some             | visited
treffen     | plan past modal               | the any plural   | person
fragen      | plan past modal request       | the any plural   | person
helfen      | plan past modal habit request | the any plural   | person
helfen      | plan past modal               | a                | human neighbor colleague
danken      | past                          | the any plural   | person
öffnen      | now past modal request        | the own          | opening closed sealed
schließen   | now past modal request        | the own          | opening closed
reparieren  | plan past modal request       | the any many     | repairable vehicle
bestellen   | plan past modal               | a few            | dish drink
putzen      | plan past modal habit request | the own          | room
waschen     | plan past modal request       | the any          | vehicle
waschen     | plan past modal request       | the own plural   | clothes
putzen      | plan past modal request       | the plural       | window
tragen      | now habit past                | a own            | clothes
tragen      | gern                          | some             | clothes
anrufen     | plan past modal habit request | the any plural   | person
abholen     | plan past modal request       | the any plural   | person
abholen     | plan past modal request       | the any          | thing
einladen    | plan past modal request       | the any plural   | person
aufräumen   | plan past modal habit request | the own          | room
einpacken   | now past modal request        | the own plural   | packed clothes
anziehen    | now past modal                | a own            | clothes
anmachen    | now past modal request        | the own          | switched
ausmachen   | now past modal request        | the own          | switched
warten      | now past modal request        | the any plural   | person
sprechen    | plan past modal habit request | the any plural   | person
sprechen    | plan past modal               | a                | human teacher doctor
spielen     | plan past modal habit         | the any plural   | playmate
spielen     | plan past modal               | a                | child dog cat
gehen       | plan past modal habit         | -                | -
fahren      | plan past modal habit         | -                | -
""")

# verbs with a recipient in the dative: verb | uses | determiners | nouns
TRANSFERS = _read_frames("""
geben    | plan past modal request | a the     | handy apple cake
zeigen   | plan past modal request | a the own | handy clothes
schicken | plan past modal request | a the     | mail printed posted
bringen  | plan past modal request | a the     | handy apple cake drink
""")
# what children do not do
GROWN_UP = ("fahren", "kaufen", "verkaufen", "reparieren", "bestellen", "brauchen", "haben")

# who is given something, and what a sentence describes, as objects of some verb
RECIPIENTS = Frame(VERB["helfen"], (), ("a", "the", "any", "plural"), nouns_of(("person",)))
DESCRIBED = Frame(VERB["haben"], (), ("the", "any", "plural"), NOUNS)
