"""What goes with what, so that every sentence makes sense: verbs with objects, places, moods.

A row names words by their German form (verbs by the infinitive) and nouns by kind or by their
English name. Uses of a verb:

- plan: progressive with a time to come ("is buying … tomorrow"); now: only with today or now
- need: simple present with today or now; state: simple present without a time
- habit: simple present, repeated; past: past tense; modal: after a modal verb
- request: what one asks for politely; gern: what one "likes to" do

Determiners: a, the (singular), some (a plural without article), plural (with "the" and
possessives also the plural), own (the subject's possessive), any (anybody's), few (2 to 5),
many (2 to 12). Mass nouns take no article instead of "a" and "some".
"""

from dataclasses import dataclass

from transformer_mt.data.phrasebook.lexicon import NOUNS, PLACES, VERBS
from transformer_mt.data.phrasebook.words import Noun, Place, Verb, read_rows


@dataclass(frozen=True, eq=False)
class Frame:
    """One way to use a verb: with which determiners and nouns; none for verbs of motion."""

    verb: Verb
    uses: tuple[str, ...]
    determiners: tuple[str, ...]
    nouns: tuple[Noun, ...]


@dataclass(frozen=True, eq=False)
class Activity:
    """What is done at a place, or what one goes there for."""

    place: Place
    frames: tuple[Frame, ...]


def nouns_of(kinds: tuple[str, ...]) -> tuple[Noun, ...]:
    """Nouns of any of these kinds; a kind may also be the English name of one noun."""
    return tuple(noun for noun in NOUNS if {noun.english, *noun.kinds} & set(kinds))


VERB = {verb.infinitive: verb for verb in VERBS}
PLACE = {place.name: place for place in PLACES}


def _read_frames(table: str) -> tuple[Frame, ...]:
    return tuple(
        Frame(
            VERB[verb], tuple(uses.split()), tuple(determiners.split()), nouns_of(tuple(k.split()))
        )
        for verb, uses, determiners, k in read_rows(table)
    )


# verb | uses | determiners | nouns
FRAMES = _read_frames("""
kaufen      | plan past modal request       | a the many       | goods shopping
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
kochen      | plan past modal habit gern    | some             | cooked
sehen       | past                          | a the any many plural | person animal vehicle site
suchen      | now past modal                | a the own plural | thing animal
suchen      | now past modal                | a                | lodging
suchen      | now past modal                | the own          | role human
finden      | past modal                    | a the own plural | thing animal
verlieren   | past                          | the own plural   | thing clothes camera phone
brauchen    | need state                    | a some the many  | goods shopping key
brauchen    | need state                    | a the            | doctor
haben       | state                         | a few            | goods animal
haben       | state                         | few              | sibling
lieben      | state                         | own plural       | kin animal
mögen       | state                         | the any plural   | text clothes animal picture role site
kennen      | state                         | the any plural   | person site
kennen      | state                         | the              | book story poem
besuchen    | plan past modal habit         | the any plural   | kin host
besuchen    | plan past modal               | a the            | visited
besuchen    | gern                          | some             | visited
treffen     | plan past modal               | the any plural   | person
fragen      | plan past modal request       | the any plural   | person
helfen      | plan past modal habit request | the any plural   | person
danken      | past modal                    | the any plural   | person
öffnen      | now past modal request        | the any          | opening closed sealed
schließen   | now past modal request        | the any          | opening closed
reparieren  | plan past modal request       | the any many     | repairable vehicle
bestellen   | plan past modal               | a few            | dish drink
putzen      | plan past modal habit request | the any          | room
putzen      | plan past modal request       | the any plural   | washed
tragen      | now habit past                | a own            | clothes
tragen      | gern                          | some             | clothes
anrufen     | plan past modal habit request | the any plural   | person
abholen     | plan past modal request       | the any plural   | person
abholen     | plan past modal request       | the any          | thing
einladen    | plan past modal request       | the any plural   | person
aufräumen   | plan past modal habit request | the any          | room
einpacken   | now past modal request        | the own plural   | packed clothes
anziehen    | now past modal                | a the own        | clothes
anmachen    | now past modal request        | the any          | switched
ausmachen   | now past modal request        | the any          | switched
warten      | now past modal request        | the any plural   | person
sprechen    | plan past modal habit request | the any plural   | person
spielen     | plan past modal habit         | the any plural   | playmate
gehen       | plan past modal habit         | -                | -
fahren      | plan past modal habit         | -                | -
""")

# verbs with a recipient in the dative: verb | uses | determiners | nouns
TRANSFERS = _read_frames("""
geben    | plan past modal request | a the     | handy
zeigen   | plan past modal request | a the own | handy clothes
schicken | plan past modal request | a the     | mail printed posted
bringen  | plan past modal request | a the     | handy drink
""")


def _read_activities(table: str) -> tuple[Activity, ...]:
    """Read ``place | verb verb:kind,kind``: the frames of each verb, limited to these kinds."""
    activities = []
    for place, verbs in read_rows(table):
        frames = []
        for entry in verbs.split():
            verb, _, kinds = entry.partition(":")
            allowed = nouns_of(tuple(kinds.split(","))) if kinds else NOUNS
            for frame in FRAMES:
                nouns = tuple(noun for noun in frame.nouns if noun in allowed)
                if frame.verb is VERB[verb] and nouns and {"plan", "now", "past"} & set(frame.uses):
                    frames.append(Frame(frame.verb, frame.uses, frame.determiners, nouns))
        activities.append(Activity(PLACE[place], tuple(frames)))
    return tuple(activities)


# what is done where: place | verbs
ACTIVITIES = _read_activities("""
park        | lesen essen:apple treffen sehen:person,animal suchen:animal,key verlieren:thing spielen
garden      | lesen trinken essen:food reparieren:chair,table,bicycle suchen:animal,key spielen sprechen
kitchen     | essen trinken kochen helfen:kin suchen:key,bag,letter finden:key,bag,letter sprechen:kin
garage      | reparieren:vehicle,furniture putzen:vehicle suchen:key,suitcase finden:key,suitcase
office      | schreiben:mail treffen:role lesen:mail,newspaper trinken:coffee,tea helfen:role sprechen:role
market      | kaufen:food,flower treffen sehen:person verlieren:key,bag,watch
supermarket | kaufen:food,drink treffen sehen:person verlieren:key,bag
station     | kaufen:ticket,newspaper,coffee treffen warten verlieren:bag,suitcase,ticket lesen:newspaper,book
library     | lesen:book,newspaper,story schreiben:written treffen suchen:book finden:book
restaurant  | essen:dish trinken bestellen treffen warten
hotel       | treffen warten verlieren:key,watch,camera lesen:newspaper,book trinken:coffee,tea
museum      | sehen:picture treffen verlieren:camera,ticket,umbrella warten
home        | lesen kochen essen trinken schreiben warten suchen:key,book,letter
city        | kaufen:clothes,book,gift treffen sehen:person verlieren:key,bag,watch
Berlin      | treffen besuchen:kin,friend kaufen:clothes,camera,watch sehen:person
Vienna      | treffen besuchen:kin,friend,church,museum kaufen:clothes,picture sehen:person
""")

# why one goes somewhere: place | verbs
ERRANDS = _read_activities("""
city        | kaufen:goods treffen besuchen:museum,church
park        | spielen treffen lesen:book,newspaper
garden      | lesen:text spielen trinken:coffee,tea
office      | schreiben:mail treffen:role sprechen:role
market      | kaufen:food,flower
supermarket | kaufen:food,drink,baked
station     | abholen:person treffen kaufen:ticket,newspaper
library     | lesen:book,newspaper suchen:book
restaurant  | essen:dish treffen trinken:coffee,tea
hotel       | abholen:person,suitcase treffen
home        | kochen lesen:text anrufen:person essen:dish aufräumen
Berlin      | besuchen:kin,friend treffen kaufen:goods
Hamburg     | besuchen:kin,friend treffen verkaufen:goods
Munich      | besuchen:kin,friend treffen kaufen:goods
""")
