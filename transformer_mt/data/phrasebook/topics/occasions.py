"""What people forget, try and hope to do; what they do in spite of something, or meanwhile."""

from transformer_mt.data.phrasebook.constituents import Tense
from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.topics.situations import ADJECTIVE, frames_of
from transformer_mt.data.phrasebook.usage import FRAMES, VERB, Frame, nouns_of

_TENSES: dict[str, Tense] = {"past": "past", "simple": "simple", "progressive": "progressive"}

# English of "no time", German verb or "keine Zeit", tense, what one forgets and so on to do
ENDEAVORS: tuple[tuple[str, str, Tense, tuple[Frame, ...]], ...] = tuple(
    (english, german, _TENSES[tense], frames_of(verbs, "modal"))
    for english, german, tense, verbs in read_rows("""
-       | vergessen  | past   | kaufen:staple,larder,produce,milk,juice,water,stamp,gift,flower schließen:window,door anrufen einpacken:umbrella,camera,charger,passport,towel bezahlen:bill beantworten füttern:pet buchen:flight,room reservieren:table,room zurückgeben ausmachen abholen packen:suitcase danken wecken unterschreiben:form
-       | versuchen  | past   | finden:key,wallet,passport,ring,watch,phone,ticket reparieren anrufen verkaufen:car,piano,house,boat helfen:neighbor,friend,brother,sister schließen:window,door,suitcase öffnen:bottle,window,door
-       | versuchen  | progressive | reparieren anrufen öffnen:bottle,window,door lernen:word,sentence verkaufen:car,piano,house,boat schreiben:letter
-       | hoffen     | simple | besuchen treffen:kin,friend kaufen:car,house,apartment,boat mieten sehen:castle,museum verkaufen:car,house
no time | keine Zeit | simple | putzen aufräumen kochen backen schreiben lesen:book,novel,newspaper,magazine reparieren helfen besuchen:kin,friend,museum waschen treffen:kin,friend beantworten anrufen
""")
)

WEARY = tuple(ADJECTIVE[word] for word in ("tired", "sick"))
# what one may ask about people
MOODS_ASKED = tuple(
    ADJECTIVE[word]
    for word in (
        *("tired", "sick", "happy", "sad", "angry", "hungry", "thirsty", "nervous", "healthy"),
        *("married", "satisfied"),  # which is not asked about children
    )
)
EXERTIONS = frames_of(
    "putzen aufräumen kochen backen schreiben helfen besuchen:kin,friend waschen reparieren "
    "spielen lesen:letter,book,email beantworten abholen:kin,friend packen treffen:kin,friend",
    "past",
)

# what was done, and the flaw of it: verb, noun, adjectives
FLAWS = tuple(
    (VERB[verb], noun, tuple(ADJECTIVE[word] for word in words.split()))
    for verb, kinds, words in read_rows("""
kaufen   | dress shirt jacket coat suit skirt blouse sweater shoe boot hat ring watch camera picture book lamp | expensive
kaufen   | car bicycle motorcycle house piano boat sofa table computer dictionary | old expensive
kaufen   | sofa table wardrobe mirror bed carpet | big heavy
kaufen   | suitcase backpack bag | heavy small
mieten   | apartment house | small dark expensive
mieten   | car bicycle boat | old expensive
lesen    | book novel story letter | long boring
lesen    | novel book | difficult
verkaufen | car bicycle piano sofa camera computer | new
tragen   | coat jacket shirt sweater hat shoe boot | old dirty
trinken  | coffee tea | cold
essen    | soup fish pizza | cold
besuchen | museum exhibition | expensive
benutzen | computer phone camera washing_machine | old
""")
    for noun in nouns_of(kinds)
)

MEANWHILE = frames_of(
    "lesen:book,newspaper,novel,magazine,letter trinken hören schneiden packen füttern suchen:key,phone,wallet,passport "
    "beantworten spielen essen:apple,banana,sandwich,bread_roll",
    "now",
)
MORNINGS = frames_of(
    "lesen:newspaper,magazine trinken:coffee,tea,milk,juice,water essen:apple,egg,fruit,bread füttern "
    "putzen:kitchen,window aufräumen anrufen:kin,friend schreiben",
    "habit",
)
RELATED = tuple(
    (Frame(frame.verb, frame.uses, frame.determiners, nouns), use)
    for infinitive, use, kinds in read_rows("""
kaufen     | past | dress shirt jacket coat book novel lamp picture watch ring hat camera dictionary backpack suitcase shoe boot
kaufen     | past | bread cheese flower stamp ticket postcard newspaper
suchen     | now  | key ring wallet passport ticket book letter bag umbrella camera
verlieren  | past | key ring wallet passport ticket umbrella watch camera phone glove scarf hat
finden     | past | key ring wallet passport ticket umbrella watch camera phone
lesen      | past | book novel letter newspaper magazine
schreiben  | past | letter postcard
brauchen   | state | key book dictionary camera charger suitcase form city_map
mieten     | past | car bicycle boat apartment house
reparieren | past | car bicycle lamp radio watch computer camera
vergessen  | past | umbrella wallet charger bag jacket camera
abholen    | past | suitcase bicycle ticket passport
mögen      | state | picture dress book coat ring
""")
    for nouns in (nouns_of(kinds),)
    for frame in [next(frame for frame in FRAMES if frame.verb is VERB[infinitive])]
)
