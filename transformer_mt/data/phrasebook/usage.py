"""Which nouns a verb goes with, and how it is used, so that every sentence makes sense.

A row names the verb by its German infinitive and nouns by kind or by their English name. Uses:

- plan: progressive with a time to come ("is buying … tomorrow"); far: also with distant times;
  slow: with these only
- now: progressive, only with now; lasting: also with "at the moment"; need: simple present
  with today or now
- state: simple present without a time; described: the same, with an adjective only
- habit: simple present, repeated; wont: the same, often but at no time of the day; custom: also
  usually and always
- past: past tense, lately; long: also long ago; modal: after a modal verb; able: after "can"
- request: what one asks for politely; prompt: what one may want done right away; instant: what
  one wants done now, right away or later, but on no day
- gern: what one "likes to" do

Determiners: a, the (singular), some (a plural without article), plural (with "the" and
possessives also the plural), own (the subject's possessive), any (anybody's), few (2 to 5).
Mass nouns take no article instead of "a" and "some"; of paired nouns only the plural is used.
"""

from dataclasses import dataclass
from functools import cache

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


@cache
def nouns_of(kinds: str) -> tuple[Noun, ...]:
    """Return the nouns of any of these kinds; a kind may also be the English name of one noun."""
    asked = set(kinds.split())
    unknown = asked - _TAGGED.keys()
    assert not unknown, f"no noun is {', '.join(sorted(unknown))}"
    found = {noun for kind in asked for noun in _TAGGED[kind]}
    return tuple(noun for noun in NOUNS if noun in found)


def _by_tag() -> dict[str, list[Noun]]:
    tagged: dict[str, list[Noun]] = {}
    for noun in NOUNS:
        for tag in noun.tags:
            tagged.setdefault(tag, []).append(noun)
    return tagged


_TAGGED = _by_tag()


VERB = {verb.infinitive: verb for verb in VERBS}


def read_frames(table: str) -> tuple[Frame, ...]:
    """Read ``verb | uses | determiners | nouns``."""
    return tuple(
        Frame(VERB[verb], tuple(uses.split()), tuple(determiners.split()), nouns_of(k))
        for verb, uses, determiners, k in read_rows(table)
    )


# verb | uses | determiners | nouns
FRAMES = read_frames("""
kaufen      | plan past modal               | a                | goods flower gift toothbrush
kaufen      | plan past modal               | the              | goods
kaufen      | plan past modal request few   | few              | counted_thing
kaufen      | plan far slow past long modal | a the            | big_goods house apartment sofa table television
kaufen      | plan past modal request       | some             | staple larder produce drink fruit kiosk soap counted
kaufen      | habit                         | some             | bread milk fruit produce bread_roll newspaper flower
kaufen      | gern                          | some             | dress shirt hat shoe flower strawberry
verkaufen   | plan far slow past long modal | the own          | big_goods house apartment piano sofa
essen       | now past modal                | a few            | fruit egg bread_roll sandwich sausage cookie
essen       | plan past modal               | a                | pizza salad soup fish ice_cream
essen       | past                          | the              | pizza soup fish cake salad sandwich sausage meat
essen       | habit custom                  | some a           | fruit egg soup fish meat rice bread cheese jam honey
essen       | gern                          | some             | food produce dish staple jam honey ice_cream
trinken     | now past modal habit custom   | a                | drink
trinken     | past                          | the              | drink
trinken     | past gern                     | a                | alcohol
trinken     | gern                          | some             | drink
lesen       | now lasting past modal        | a                | book novel newspaper magazine story letter
lesen       | now lasting past modal        | the              | text newspaper magazine
lesen       | past                          | the few          | letter email message
lesen       | habit                         | some             | book newspaper magazine novel
lesen       | gern                          | some             | book newspaper magazine novel story letter
schreiben   | plan past modal request       | a few            | mail
schreiben   | habit gern                    | some             | mail
kochen      | plan past modal habit         | some             | pot
kochen      | plan past modal               | some             | boiled
backen      | plan past modal               | a                | cake pizza bread
backen      | plan past modal habit gern    | some             | cookie cake bread bread_roll
schneiden   | now past modal request instant | the              | bread cheese meat cake sausage
schneiden   | now past modal request instant | some            | tomato potato carrot onion
sehen       | past long                     | a the few any    | human kin befriended teacher pet
sehen       | past                          | a the plural few | bird horse ship
sehen       | past long                     | a the            | castle church tower bridge island
sehen       | past long                     | the              | stadium river museum
sehen       | plan past modal               | a the            | movie exhibition
suchen      | now lasting past modal        | own the plural   | key bag backpack suitcase wallet umbrella watch ring phone camera charger ticket passport book letter
suchen      | now lasting past modal        | own the plural   | pet
suchen      | now lasting past modal        | a                | lodging apartment errand city_map gift charger
suchen      | now lasting past modal        | the              | public way street castle beach lake museum menu waiter driver
finden      | past                          | own the          | outdoor scarf hat
finden      | past                          | own the plural   | thing glove
finden      | past                          | a                | hotel room apartment mistake pharmacy ring wallet key
finden      | able                          | own the          | outdoor scarf hat
finden      | able                          | own the plural   | thing glove
finden      | able                          | the              | way public street castle
verlieren   | past long                     | own              | thing hat cap scarf glove jacket
vergessen   | past                          | own the          | key umbrella wallet bag phone passport ticket charger toothbrush camera jacket
vergessen   | past                          | the              | name address phone_number password meeting appointment gift
brauchen    | need state                    | a                | tableware linen umbrella suitcase backpack pencil charger lamp chair city_map bicycle car computer phone dictionary stamp form ticket towel candle
brauchen    | need state                    | few              | counted_thing tableware ticket chair
brauchen    | need state                    | some             | staple larder money time help soap
brauchen    | need state                    | a                | doctor dentist taxi room
brauchen    | state                         | the              | key camera computer dictionary charger car form address phone_number password
haben       | state                         | a                | big_goods owned pet computer camera television dictionary guitar piano appointment reservation question problem idea city_map
haben       | state                         | few              | sibling pet bicycle car question suitcase ticket appointment room
haben       | described                     | some             | eye hand leg
lieben      | state                         | own plural       | father mother sibling grandfather grandmother uncle aunt pet
lieben      | state                         | the              | city island lake song
mögen       | state                         | the any plural   | pet teacher neighbor colleague boss friend
mögen       | state                         | the              | text picture song music dress shirt coat jacket skirt hat cap ring city village museum café hotel park island castle beach movie soup cake wine salad apartment
mögen       | state                         | own              | garden room office apartment
kennen      | state                         | the              | human staff neighbor colleague
kennen      | state                         | the              | site book novel story song movie name address
besuchen    | plan past far long modal      | the any plural   | relative host
besuchen    | plan past far long modal      | the              | museum castle zoo church island city village exhibition
besuchen    | plan past modal               | a                | museum friend exhibition
besuchen    | plan past modal wont          | own plural       | relative host
besuchen    | gern                          | some             | museum castle church city island
treffen     | plan past modal               | the any          | kin host person
treffen     | plan past modal               | the any plural   | host guest student tourist
treffen     | plan past modal               | a                | friend colleague
fragen      | past modal request prompt     | the              | staff police_officer
fragen      | past modal request            | any              | kin host
helfen      | plan past modal habit request | the any plural   | kin host
helfen      | past modal                    | a the            | human host
danken      | past modal                    | the any plural   | kin host staff
öffnen      | now past modal request instant | the              | opening bottle letter gift
öffnen      | now past modal                | own              | baggage
schließen   | now past modal request instant | the              | opening
reparieren  | plan past modal               | the any          | repairable
bestellen   | plan past modal               | a few            | dish
bestellen   | plan past modal               | few              | coffee tea water beer
bestellen   | plan past modal               | a                | drink alcohol taxi
bezahlen    | now past modal request prompt | the              | bill
buchen      | plan past far modal           | a the            | flight trip room tour
buchen      | request                       | a                | flight room
reservieren | plan past modal request       | a                | table room
reservieren | plan past modal               | few              | seat room
mieten      | plan far slow past long modal | a                | rented apartment house garage
nehmen      | plan past modal               | the a            | bus train taxi
nehmen      | plan past modal               | the              | subway streetcar ship plane
nehmen      | past modal                    | a                | pill
verpassen   | past                          | the              | bus train plane flight streetcar ship meeting course concert
benutzen    | able                          | the any          | computer phone camera bicycle washing_machine dictionary elevator charger
verstehen   | state                         | the              | puzzle letter email form story movie
lernen      | now lasting modal             | a                | song
lernen      | now lasting modal             | some             | word
hören       | now lasting past habit gern   | some a           | music
hören       | gern                          | some             | song story
beantworten | now past modal request prompt | the              | letter email message question
unterschreiben | now past modal request prompt | the              | form letter
ausfüllen   | now past modal request prompt | the a            | form
putzen      | plan past modal habit request | the              | kitchen bathroom window
putzen      | plan past modal               | own plural       | shoe boot
waschen     | plan past modal               | the any          | car motorcycle
waschen     | plan past modal               | the own plural   | shirt sock sweater blouse towel
tragen      | now                           | a own            | clothes
tragen      | wont custom                   | a some           | hat cap scarf tie suit dress skirt
tragen      | gern                          | some             | clothes
wecken      | past modal request            | the any plural   | father mother sibling grandfather grandmother uncle aunt friend child
füttern     | now past modal habit request prompt | the own plural   | animal
anrufen     | plan past modal habit request | the any plural   | kin host
anrufen     | plan past modal request       | the              | doctor dentist salesman
rufen       | now past modal request instant | a                | doctor taxi
abholen     | plan past modal request       | the any plural   | kin host guest
abholen     | plan past modal               | the              | ticket passport
abholen     | plan past modal               | own              | baggage luggage bicycle car
einladen    | plan past modal               | the any plural   | kin host
aufräumen   | plan past modal habit         | the own          | kitchen bedroom living_room basement garage office room
einpacken   | now past modal                | own              | umbrella camera charger passport toothbrush dictionary book towel wallet
einpacken   | now past modal                | the own          | clothes
einpacken   | now past modal                | the plural       | sandwich bottle picture
packen      | now past modal                | own the          | suitcase backpack bag
anziehen    | now past                      | a own            | dressed sock
ausziehen   | now past                      | own              | jacket coat sweater shoe boot glove sock shirt
anprobieren | now past modal                | a the            | dressed
anmachen    | now past modal request instant | the              | switched
ausmachen   | now past modal request instant | the own          | switched
zurückgeben | plan past modal               | the plural       | returned
warten      | now lasting past modal        | the any plural   | kin host
warten      | now lasting past modal        | the a            | ride doctor waiter
warten      | now lasting past modal        | a                | answer
sprechen    | plan past modal               | the any plural   | kin host
sprechen    | plan past modal               | the a            | staff police_officer
sprechen    | habit                         | own the          | kin host
spielen     | now past modal habit          | the any plural   | playmate pet
gehen       | plan past modal habit custom  | -                | -
fahren      | plan past modal habit custom  | -                | -
fliegen     | plan past far long modal      | -                | -
reisen      | plan far slow past long modal | -                | -
machen      | past                          | a few            | mistake
finden      | past able                     | the              | mistake way
vergessen   | past                          | the              | reservation menu
brauchen    | state                         | a                | reservation appointment
brauchen    | state                         | the              | menu bill money
mögen       | state                         | the              | idea
mögen       | state                         | some             | interest
lieben      | state                         | some             | interest
verstehen   | state                         | the              | idea problem
empfehlen   | past                          | the              | wine soup fish restaurant hotel museum novel movie
empfehlen   | past                          | a                | restaurant hotel doctor dentist wine
""")

# verbs with a recipient in the dative: verb | uses | determiners | nouns
TRANSFERS = read_frames("""
geben    | now past modal request | a the     | key pencil cup glass plate form towel blanket pillow city_map
geben    | now past modal request | a         | apple banana orange cookie sandwich
geben    | past modal request     | the own   | address phone_number
leihen   | plan past modal request | a the own | umbrella dictionary camera book bicycle suitcase guitar
zeigen   | now past modal request | the own   | picture book letter passport ticket room apartment garden city house ring
zeigen   | now past modal request | the       | way city museum castle
schicken | now past modal request | a         | mail gift picture book
schicken | now past modal request | the       | address phone_number form bill
bringen  | now past modal request | a the     | cup glass plate blanket pillow towel newspaper flower cake book
bringen  | now past modal request | a         | drink salad soup bread
bringen  | now past modal request | the       | menu bill salt
geben    | now past modal request | the       | salt butter sugar knife fork spoon menu
kaufen   | plan past modal        | a         | shirt jacket sweater book bicycle ticket flower ice_cream hat
""")
# what children do not do
GROWN_UP = (
    *("fahren", "kaufen", "verkaufen", "reparieren", "bestellen", "brauchen", "haben", "bezahlen"),
    *("buchen", "reservieren", "mieten", "unterschreiben", "reisen", "fliegen", "beantworten"),
    *("leihen", "ausfüllen", "kochen", "backen", "nehmen", "abholen", "einladen", "anrufen"),
    *("arbeiten", "rauchen", "parken", "studieren", "telefonieren", "gehören"),
)

# who is given something, and what a sentence describes, as objects of some verb
RECIPIENTS = Frame(VERB["helfen"], (), ("the", "any", "plural"), nouns_of("person"))
FAMILIAR = Frame(VERB["helfen"], (), ("any", "plural"), nouns_of("kin host"))
DESCRIBED = Frame(VERB["haben"], (), ("the", "any", "plural"), NOUNS)
