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


def frames_of(verbs: str, use: str = "") -> tuple[Frame, ...]:
    """Read ``verb verb:kind,kind``: the frames of each verb, limited to these kinds and this use.

    Without a use, the frames that tell what happens now, soon or in the past.
    """
    uses = {use} if use else {"plan", "now", "past"}
    frames: list[Frame] = []
    for entry in verbs.split():
        verb, _, kinds = entry.partition(":")
        allowed = frozenset(nouns_of(kinds.replace(",", " "))) if kinds else frozenset(NOUNS)
        for frame in FRAMES:
            if frame.verb is VERB[verb] and uses & set(frame.uses):
                nouns = tuple(noun for noun in frame.nouns if noun in allowed)
                if nouns or not frame.nouns:
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
    return tuple(Activity(PLACE[place], frames_of(verbs)) for place, verbs in read_rows(table))


# what is done where: place | verbs
ACTIVITIES = _read_activities("""
park          | lesen:book,newspaper,novel,magazine essen:fruit,sandwich,ice_cream treffen spielen
park          | sehen:person,pet,bird,horse suchen:pet,key finden:wallet,key,ring verlieren:key,ring,wallet,umbrella,phone warten:kin,friend
garden        | lesen:book,newspaper,novel,letter trinken essen:fruit,cake,ice_cream,salad spielen
garden        | suchen:pet,key sprechen:kin,friend
kitchen       | essen:fruit,soup,bread,sandwich trinken kochen backen helfen:relative suchen:key,wallet,phone
kitchen       | schneiden finden:key,phone,wallet
living room   | lesen hören suchen:key,phone,book,wallet finden:key,phone,book trinken spielen:child,boy,girl
garage        | reparieren:vehicle waschen:vehicle suchen:bicycle,umbrella,suitcase finden:umbrella,suitcase
balcony       | lesen:book,newspaper,novel,magazine trinken essen:fruit,ice_cream hören
office        | schreiben:mail lesen:mail,newspaper trinken:hot_drink treffen:colleague,boss
office        | sprechen:colleague,boss suchen:key,phone,letter vergessen:umbrella,phone,charger,jacket
market        | kaufen:produce,flower,fruit,cheese treffen sehen:person verlieren:key,bag,wallet
supermarket   | kaufen:staple,larder,produce treffen:kin,friend sehen:person verlieren:key,phone,wallet
bakery        | kaufen:bread,bread_roll,cookie,cake treffen:kin,friend warten:kin,friend
bookstore     | kaufen:book,novel,dictionary,city_map,postcard suchen:city_map treffen:kin,friend
train station | kaufen:ticket,newspaper,magazine treffen:kin,friend warten:kin,friend,train,taxi verlieren:baggage,ticket
train station | sehen:person vergessen:bag,umbrella
airport       | kaufen:magazine,city_map treffen:kin,friend warten:kin,friend,taxi,bus verlieren:baggage,passport
bus stop      | warten:kin,friend,bus treffen:kin,friend vergessen:umbrella,bag
library       | lesen:book,newspaper,novel,magazine treffen:kin,friend vergessen:umbrella,bag,jacket
restaurant    | essen:dish bestellen:dish treffen:kin,friend warten:kin,friend,waiter vergessen:umbrella,jacket,bag,wallet
café          | trinken:hot_drink essen:cake,ice_cream bestellen:ice_cream,salad,sandwich treffen:kin,friend warten:kin,friend lesen:newspaper,magazine
hotel         | treffen:kin,friend,guest warten:kin,friend,taxi vergessen:passport,charger,toothbrush,camera reservieren:room
school        | warten:relative,child treffen:teacher sprechen:teacher vergessen:jacket,bag
museum        | sehen:tourist,student,woman,man treffen:kin,friend verlieren:camera,umbrella kaufen:postcard
theater       | treffen:kin,friend vergessen:umbrella,coat,jacket sehen:neighbor,teacher,boss
zoo           | sehen:horse,bird essen:ice_cream treffen:kin,friend verlieren:camera,umbrella,backpack
beach         | lesen:book,novel,magazine essen:ice_cream,fruit finden:ring,key spielen:playmate,dog verlieren:ring,watch,towel
train         | lesen:book,newspaper,novel,magazine vergessen:umbrella,bag,jacket treffen:neighbor,colleague,student essen:sandwich,fruit
bus           | lesen:newspaper,magazine vergessen:umbrella,bag verlieren:key,wallet,glove treffen:neighbor,colleague
home          | lesen kochen essen:pizza,soup,salad trinken:hot_drink backen hören vergessen:wallet,passport,ticket,phone
city          | kaufen:dress,jacket,coat,shoe,gift treffen:kin,friend sehen:person verlieren:key,bag,watch
Berlin        | treffen:kin,friend sehen:castle,museum besuchen:kin,friend kaufen:dress,coat,camera mieten:apartment,car
Munich        | treffen:kin,friend besuchen:kin,friend,museum kaufen:dress,jacket mieten:apartment,car
Vienna        | treffen:kin,friend besuchen:kin,friend,castle,museum kaufen:dress,picture,hat suchen:hotel
Rome          | treffen:kin,friend besuchen:kin,friend,church,museum kaufen:shoe,suit,bag suchen:hotel
""")

# why one goes somewhere: place | verbs
ERRANDS = _read_activities("""
city        | kaufen:dress,jacket,coat,shoe,gift,lamp treffen:kin,friend besuchen:museum,exhibition
park        | spielen:playmate,dog treffen:kin,friend lesen:book,newspaper,magazine
garden      | lesen:book,newspaper,novel spielen trinken:hot_drink
office      | schreiben:mail treffen:boss,colleague sprechen:boss,colleague abholen:suitcase
market      | kaufen:produce,fruit,cheese,flower
supermarket | kaufen:staple,larder,produce,soap
bakery      | kaufen:bread,bread_roll,cake,cookie
bookstore   | kaufen:book,novel,dictionary,city_map
post office | kaufen:stamp abholen:suitcase
train station | abholen:kin,friend treffen:kin,friend kaufen:ticket,newspaper
airport     | abholen:kin,friend treffen:kin,friend
library     | lesen:book,newspaper,magazine zurückgeben:book,novel,dictionary treffen:kin,friend
restaurant  | essen:dish treffen:kin,friend
café        | essen:cake,ice_cream treffen:kin,friend trinken:hot_drink
hotel       | abholen:kin,friend,suitcase treffen:kin,friend,guest
home        | kochen lesen anrufen:kin,friend aufräumen:kitchen,bedroom füttern:pet
Berlin      | besuchen:kin,friend,museum treffen:kin,friend kaufen:car,piano
Hamburg     | besuchen:kin,friend,museum treffen:kin,friend verkaufen:car,boat
Munich      | besuchen:kin,friend,castle treffen:kin,friend kaufen:car,motorcycle
Vienna      | besuchen:kin,friend,castle treffen:kin,friend
""")

# moods and what brought them about: adjective | verbs in the past
MOODS = tuple(
    (ADJECTIVE[adjective], frames_of(verbs, "past"))
    for adjective, verbs in read_rows("""
happy | finden:key,wallet,ring,passport,phone,hotel,apartment kaufen:car,house,boat,bicycle
happy | treffen:kin,friend sehen:kin,friend besuchen:kin,friend,island
sad   | verlieren:ring,watch,key,wallet,camera,phone,hat,scarf,umbrella verkaufen:car,house,piano,boat
angry | verlieren:key,wallet,phone,ticket,passport,camera verpassen vergessen:umbrella,password,appointment,meeting,passport,wallet
tired | putzen waschen aufräumen reparieren:car,bicycle,washing_machine suchen:hotel,key,phone kochen backen
""")
)

# what one has to do, and why one cannot do anything else then
DUTIES = frames_of(
    "schreiben lesen:letter reparieren:car,bicycle,computer putzen waschen aufräumen kochen anrufen "
    "abholen helfen besuchen:kin,friend kaufen:staple,produce,gift,ticket suchen:key,wallet,passport "
    "treffen:boss,colleague packen beantworten zurückgeben füttern",
    "modal",
)
DUTIES_AT_HOME = frames_of(
    "schreiben putzen aufräumen:kitchen,bedroom,room kochen backen anrufen:kin,friend "
    "waschen:shirt,sock,sweater,blouse,towel warten:kin,friend packen füttern "
    "beantworten suchen:key,wallet,passport",
    "modal",
)

# what one does in which weather: English | German | verbs
CONDITIONS = tuple(
    (english, german, frames_of(verbs, "plan") + frames_of(now, "now"))
    for english, german, verbs, now in read_rows("""
it rains            | es regnet               | kochen putzen:kitchen,bathroom aufräumen backen sehen:movie schreiben anrufen:kin,friend | lesen:book,novel,story hören
the weather is bad  | das Wetter schlecht ist | besuchen:museum,exhibition putzen:kitchen,bathroom aufräumen backen sehen:movie schreiben | lesen:book,novel,story hören
the weather is good | das Wetter gut ist      | besuchen:kin,friend,castle,zoo,island waschen:car reparieren:bicycle | spielen essen:ice_cream
it is cold          | es kalt ist             | besuchen:museum kochen:soup backen sehen:movie | lesen:book,novel tragen:coat,cap,scarf
""")
)

# where things lie or stand: English | where | whither | verb of place, of putting | nouns
SPOTS = tuple(
    (english, place, goal, VERB[verb], VERB[putting], nouns_of(kinds))
    for english, place, goal, verb, putting, kinds in read_rows("""
on the table       | auf dem Tisch     | auf den Tisch     | liegen | legen   | written key wallet umbrella watch ring gift pencil knife fork spoon phone camera charger menu
on the table       | auf dem Tisch     | auf den Tisch     | stehen | stellen | lamp radio computer cup glass bottle plate candle
under the table    | unter dem Tisch   | unter den Tisch   | liegen | legen   | thing
on the chair       | auf dem Stuhl     | auf den Stuhl     | liegen | legen   | written garment key wallet umbrella phone camera gift towel blanket pillow
on the bed         | auf dem Bett      | auf das Bett      | liegen | legen   | written garment key wallet umbrella phone camera gift towel blanket pillow
under the bed      | unter dem Bett    | unter das Bett    | liegen | legen   | thing
on the sofa        | auf dem Sofa      | auf das Sofa      | liegen | legen   | written garment key wallet umbrella phone camera gift blanket pillow
next to the lamp   | neben der Lampe   | neben die Lampe   | liegen | legen   | written key wallet watch ring gift pencil phone camera charger pill menu
next to the lamp   | neben der Lampe   | neben die Lampe   | stehen | stellen | cup glass bottle radio
next to the bed    | neben dem Bett    | neben das Bett    | stehen | stellen | lamp radio suitcase chair table bottle
next to the door   | neben der Tür     | neben die Tür     | stehen | stellen | suitcase chair table bicycle lamp bookcase
in front of the window | vor dem Fenster | vor das Fenster | stehen | stellen | chair table bed sofa lamp
behind the door    | hinter der Tür    | hinter die Tür    | stehen | stellen | suitcase umbrella bicycle
in the bag         | in der Tasche     | in die Tasche     | liegen | legen   | key letter book ticket camera phone wallet passport charger towel toothbrush
in the suitcase    | im Koffer         | in den Koffer     | liegen | legen   | garment book novel passport ticket umbrella camera charger gift towel toothbrush shoe boot
in the backpack    | im Rucksack       | in den Rucksack   | liegen | legen   | book novel dictionary key ticket passport wallet phone camera charger city_map umbrella towel sweater jacket
in the wardrobe      | im Schrank        | in den Schrank    | liegen | legen   | towel blanket hat scarf sweater shirt cap pillow glove sock
in the kitchen     | in der Küche      | in die Küche      | stehen | stellen | plate cup bottle chair table radio refrigerator
in the kitchen     | in der Küche      | in die Küche      | liegen | legen   | knife fork spoon
in the living room | im Wohnzimmer     | ins Wohnzimmer    | stehen | stellen | lamp radio television sofa chair table bookcase piano
in the garage      | in der Garage     | in die Garage     | stehen | stellen | bicycle motorcycle table chair refrigerator
in the basement      | im Keller         | in den Keller     | stehen | stellen | bicycle suitcase chair table bookcase washing_machine
in the car         | im Auto           | ins Auto          | liegen | legen   | bag backpack suitcase umbrella gift book camera phone wallet ticket jacket coat blanket city_map
in the office      | im Büro           | ins Büro          | liegen | legen   | letter form passport book dictionary camera
""")
)

# what there is in town, and where: English | German
FACILITIES = nouns_of("facility")
NEIGHBORHOODS = tuple(
    (english, german)
    for english, german in read_rows("""
next to the train station | neben dem Bahnhof
next to the church        | neben der Kirche
next to the hotel         | neben dem Hotel
behind the park           | hinter dem Park
next to the museum        | neben dem Museum
at the airport            | am Flughafen
at the train station      | am Bahnhof
across from the bank      | gegenüber der Bank
across from the hotel     | gegenüber dem Hotel
near the bridge           | in der Nähe der Brücke
near the hotel            | in der Nähe des Hotels
near the castle           | in der Nähe des Schlosses
near the market           | in der Nähe des Marktes
in the village            | im Dorf
in the city               | in der Stadt
on this street            | in dieser Straße
""")
)
# what is not found at an airport or a station
ONLY_IN_TOWN = nouns_of("castle church park zoo school swimming_pool hospital")

# what costs a few euros, and what costs tens of euros
CHEAP = nouns_of("ticket fruit dish staple jam honey hot_drink cold_drink kiosk soap pizza")
DEAR = nouns_of(
    "carpet mirror clothes bag backpack umbrella watch suitcase picture lamp radio ring guitar chair "
    "blanket dictionary room flight charger"
)
# what is sold one by one, or spoken of in the plural where it is priced
MEANT_IN_PLURAL = nouns_of("fruit produce cookie bread_roll postcard stamp paired")

# what one asks about: things, people, places
ASKED_THINGS = _uses_of(
    "kaufen verkaufen essen trinken lesen schreiben kochen backen suchen finden verlieren brauchen "
    "vergessen reparieren bestellen putzen waschen",
    ("plan", "now", "past", "need"),
)
ASKED_PEOPLE = _uses_of(
    "besuchen treffen fragen helfen danken anrufen abholen einladen warten sprechen spielen wecken",
    ("plan", "past"),
)
# nobody asks why one found something
UNASKED_REASONS = tuple(
    VERB[infinitive] for infinitive in ("finden", "verlieren", "sehen", "vergessen", "verpassen")
)
ASKED_PLACES = tuple(
    (frame, use)
    for frame in frames_of(
        "kaufen lesen:book,newspaper,magazine sehen:person,pet suchen:pet finden verlieren treffen vergessen:umbrella,wallet,bag,phone mieten"
    )
    for use in frame.uses
    if use in ("plan", "past")
)
