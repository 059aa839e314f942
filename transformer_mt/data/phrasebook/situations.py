"""What people do where, why, in which mood and weather; what lies where; what costs how much.

Rows name verbs by their infinitive, as ``verb`` or ``verb:kind,kind``: its frames, limited to
nouns of these kinds.
"""

from dataclasses import dataclass

from transformer_mt.data.phrasebook.lexicon import ADJECTIVES, NOUNS, PLACES
from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.usage import FRAMES, VERB, Frame, nouns_of
from transformer_mt.data.phrasebook.words import Place, Verb

PLACE = {place.name: place for place in PLACES}
ADJECTIVE = {adjective.english: adjective for adjective in ADJECTIVES}


@dataclass(frozen=True, eq=False)
class Activity:
    """What is done at a place, or what one goes there for."""

    place: Place
    frames: tuple[Frame, ...]


def _frames_of(verbs: str, use: str = "") -> tuple[Frame, ...]:
    """Read ``verb verb:kind,kind``: the frames of each verb, limited to these kinds and this use.

    Without a use, the frames that tell what happens now, soon or in the past.
    """
    frames = []
    for entry in verbs.split():
        verb, _, kinds = entry.partition(":")
        allowed = nouns_of(tuple(kinds.split(","))) if kinds else NOUNS
        for frame in FRAMES:
            nouns = tuple(noun for noun in frame.nouns if noun in allowed)
            uses = {use} if use else {"plan", "now", "past"}
            if frame.verb is VERB[verb] and uses & set(frame.uses) and (nouns or not frame.nouns):
                frames.append(Frame(frame.verb, frame.uses, frame.determiners, nouns))
    return tuple(frames)


def _uses_of(verbs: str, uses: tuple[str, ...]) -> tuple[tuple[Verb, str], ...]:
    """Return each of the verbs with each of these uses that it has, once."""
    found = {
        (frame.verb, use): None
        for frame in FRAMES
        for use in frame.uses
        if frame.verb.infinitive in verbs.split() and use in uses
    }
    return tuple(found)


def _read_activities(table: str) -> tuple[Activity, ...]:
    """Read ``place | verb verb:kind,kind``."""
    return tuple(Activity(PLACE[place], _frames_of(verbs)) for place, verbs in read_rows(table))


# what is done where: place | verbs
ACTIVITIES = _read_activities("""
park        | lesen essen:apple treffen spielen sehen:person,animal suchen:animal,key
park        | finden:thing,animal verlieren:thing warten
garden      | lesen trinken essen:food spielen sprechen suchen:animal,key
garden      | reparieren:chair,table,bicycle
kitchen     | essen trinken kochen helfen:kin sprechen:kin suchen:key,bag finden:key,bag,letter
garage      | reparieren:vehicle,furniture waschen:vehicle suchen:thing finden:thing
office      | schreiben:mail lesen:mail,newspaper trinken:coffee,tea
office      | treffen:role helfen:role sprechen:role warten:role
market      | kaufen:food,flower treffen sehen:person verlieren:key,bag,watch
supermarket | kaufen:food,drink treffen sehen:person verlieren:key,bag,phone
station     | kaufen:ticket,newspaper,coffee treffen warten lesen:newspaper,book
station     | verlieren:bag,suitcase,ticket sehen:person
library     | lesen:book,newspaper,story schreiben:written treffen suchen:book finden:book
restaurant  | essen:dish trinken bestellen treffen warten
hotel       | treffen warten lesen:newspaper,book verlieren:key,watch,camera
museum      | sehen:picture treffen warten verlieren:camera,ticket,umbrella
home        | lesen kochen essen trinken schreiben warten suchen:thing finden:thing
city        | kaufen:clothes,dress,book,gift treffen sehen:person verlieren:key,bag,watch
Berlin      | treffen sehen:person besuchen:kin,host kaufen:clothes,dress,camera,watch
Vienna      | treffen sehen:person besuchen:kin,host,church,museum kaufen:clothes,dress,picture
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
library     | lesen:book,newspaper schreiben:written
restaurant  | essen:dish treffen trinken:coffee,tea
hotel       | abholen:person,suitcase treffen
home        | kochen lesen:text anrufen:person essen:dish aufräumen
Berlin      | besuchen:kin,host treffen kaufen:goods
Hamburg     | besuchen:kin,host treffen verkaufen:goods
Munich      | besuchen:kin,host treffen kaufen:goods
""")

# moods and what brought them about: adjective | verbs in the past
MOODS = tuple(
    (ADJECTIVE[adjective], _frames_of(verbs, "past"))
    for adjective, verbs in read_rows("""
happy | finden kaufen:goods treffen sehen:person
sad   | verlieren verkaufen:goods
angry | verlieren
tired | putzen waschen aufräumen reparieren suchen helfen kochen
""")
)

# what one has to do, and why one cannot do anything else then
DUTIES = _frames_of(
    "schreiben lesen reparieren putzen waschen aufräumen kochen anrufen abholen:person helfen "
    "besuchen:kin,host kaufen:shopping,goods suchen treffen",
    "modal",
)
DUTIES_AT_HOME = _frames_of(
    "schreiben lesen putzen aufräumen kochen anrufen waschen:clothes warten suchen:thing",
    "modal",
)

# what one does in which weather: English | German | verbs
CONDITIONS = tuple(
    (english, german, _frames_of(verbs, "plan"))
    for english, german, verbs in read_rows("""
it rains            | es regnet               | lesen:book,newspaper,story schreiben:letter,story
it rains            | es regnet               | kochen putzen:room aufräumen anrufen
the weather is bad  | das Wetter schlecht ist | lesen:book,newspaper,story schreiben:letter,story
the weather is bad  | das Wetter schlecht ist | kochen putzen:room aufräumen anrufen
the weather is good | das Wetter gut ist      | besuchen treffen spielen waschen:vehicle
""")
)

# where things lie or stand: English | German | verb | nouns
SPOTS = tuple(
    (english, german, VERB[verb], nouns_of(tuple(kinds.split())))
    for english, german, verb, kinds in read_rows("""
on the table       | auf dem Tisch     | liegen | lying
on the table       | auf dem Tisch     | stehen | lamp radio computer
under the table    | unter dem Tisch   | liegen | lying
on the chair       | auf dem Stuhl     | liegen | lying
on the bed         | auf dem Bett      | liegen | lying
under the bed      | unter dem Bett    | liegen | lying
next to the lamp   | neben der Lampe   | liegen | lying
next to the bed    | neben dem Bett    | liegen | lying
next to the bed    | neben dem Bett    | stehen | upright chair table
next to the door   | neben der Tür     | stehen | upright chair table bicycle
next to the window | neben dem Fenster | stehen | upright chair table bed
in the bag         | in der Tasche     | liegen | key letter book ticket camera phone watch
in the suitcase    | im Koffer         | liegen | lying
in the kitchen     | in der Küche      | liegen | lying
in the kitchen     | in der Küche      | stehen | upright chair table
in the garage      | in der Garage     | stehen | upright chair table bed car bicycle
in the car         | im Auto           | liegen | lying
in the office      | im Büro           | liegen | lying
""")
)

# what there is in town, and where: English | German
FACILITIES = nouns_of(("facility",))
NEIGHBORHOODS = tuple(
    (english, german)
    for english, german in read_rows("""
next to the station | neben dem Bahnhof
next to the church  | neben der Kirche
next to the hotel   | neben dem Hotel
next to the park    | neben dem Park
next to the market  | neben dem Markt
next to the museum  | neben dem Museum
next to the office  | neben dem Büro
in the city         | in der Stadt
in Hamburg          | in Hamburg
in Munich           | in München
""")
)

# what one orders by number, and by quality
COUNTED = nouns_of(("counted", "newspaper"))
SERVED = nouns_of(("mass",))
# what costs a few euros, and what costs tens of euros
CHEAP = nouns_of(("food", "baked", "coffee", "tea", "milk", "juice", "newspaper"))
DEAR = nouns_of(
    ("clothes", "dress", "bag", "umbrella", "watch", "suitcase", "picture", "lamp", "radio")
)

# what one asks about: things, people, places
ASKED_THINGS = _uses_of(
    "kaufen verkaufen essen trinken lesen schreiben kochen suchen finden verlieren brauchen "
    "reparieren bestellen putzen waschen",
    ("plan", "now", "past", "need"),
)
ASKED_PEOPLE = _uses_of(
    "sehen besuchen treffen fragen helfen danken anrufen abholen einladen warten sprechen spielen",
    ("plan", "past"),
)
# nobody asks why one found something
UNASKED_REASONS = tuple(VERB[infinitive] for infinitive in ("finden", "verlieren", "sehen"))
ASKED_PLACES = tuple(
    (frame, use)
    for frame in _frames_of("kaufen lesen sehen suchen:person,animal finden verlieren treffen")
    for use in frame.uses
    if use in ("plan", "past")
)
