"""What belongs to people, what is shown off, worn, tasted; parts of things; causes."""

from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.usage import nouns_of

OWNED = nouns_of(
    "thing outdoor hat scarf glove shoe boot cap vehicle computer guitar towel pillow blanket"
)
# of others' things, what one needs and likes
COVETED = (
    ("brauchen", nouns_of("key dictionary umbrella charger car bicycle computer camera suitcase")),
    ("mögen", nouns_of("jacket coat hat scarf bag car bicycle motorcycle guitar watch ring")),
)
IDENTIFIED = nouns_of(
    "carpet mirror thing clothes vehicle computer guitar towel apartment house room pet cup table garden"
)
SHOWN_OFF = nouns_of(
    "city village museum church castle park island lake restaurant hotel café question idea "
    "answer book novel story movie song dress jacket coat picture car camera house "
    "apartment garden bird horse problem mistake dog cat bridge tower mountain beach exhibition"
)
SHOWN_OFF = tuple(noun for noun in SHOWN_OFF if not noun.is_mass)
# of which one is the right one
MISTAKEN = nouns_of(
    "line key address answer password ticket bus_stop exit room bag suitcase street "
    "phone_number door hotel word form"
)

# part | whole, by kind or name
PARTS = tuple(
    (part, whole)
    for part, whole in read_rows("""
name         | hotel
name         | restaurant
name         | street
name         | museum
name         | book
name         | song
name         | village
name         | movie
name         | doctor
name         | teacher
name         | café
name         | island
name         | lake
name         | river
name         | pharmacy
address      | hotel
address      | restaurant
address      | museum
address      | doctor
address      | dentist
address      | bank
address      | pharmacy
address      | bookstore
address      | hospital
address      | university
phone_number | hotel
phone_number | restaurant
phone_number | doctor
phone_number | dentist
phone_number | pharmacy
phone_number | theater
price        | ticket
price        | room
price        | car
price        | dress
price        | coat
price        | house
price        | apartment
price        | picture
price        | camera
price        | ring
price        | suit
price        | bicycle
price        | computer
door         | house
door         | church
door         | garage
door         | apartment
door         | bathroom
door         | basement
door         | library
window       | kitchen
window       | bedroom
window       | living_room
window       | bathroom
window       | apartment
garden       | hotel
garden       | castle
garden       | house
garden       | museum
kitchen      | restaurant
kitchen      | apartment
kitchen      | house
tower        | church
tower        | castle
""")
)
DURING = nouns_of("concert meeting trip flight movie game course party tour wedding")
# preposition | nouns, or any that lasts | verb | English rest | German rest
DONE_ABOUT = tuple(
    (preposition, nouns, verb, english, german)
    for preposition, nouns, verb, english, german in read_rows("""
wegen   | weather rain | bleiben      | at home       | zu Hause
wegen   | weather rain | bleiben      | at the hotel  | im Hotel
wegen   | weather rain noise | fahren | home          | nach Hause
wegen   | weather rain noise | gehen  | home          | nach Hause
wegen   | weather rain | kommen       | home          | nach Hause
wegen   | weather rain | nehmen       | a taxi        | ein Taxi
wegen   | weather rain | nehmen       | the bus       | den Bus
wegen   | weather rain | nehmen       | the subway    | die U-Bahn
wegen   | weather rain noise | schließen | the window | das Fenster
wegen   | rain noise   | schließen    | the door      | die Tür
während | -            | schlafen     | -             | -
während | -            | fotografieren | -            | -
während | -            | essen        | sandwiches    | Sandwiches
während | -            | trinken      | water         | Wasser
während | -            | trinken      | juice         | Saft
während | flight trip vacation | lesen | a book       | ein Buch
während | flight trip vacation | lesen | a novel      | einen Roman
während | flight trip vacation | arbeiten | -         | -
""")
)
FITTING = nouns_of("dressed hat cap ring")
TASTED = nouns_of(
    "dish staple jam honey fruit strawberry potato carrot cookie cake hot_drink milk juice lemonade alcohol "
    "ice_cream bread_roll"
)
TASTES = (("good", "gut"), ("very good", "sehr gut"), ("bad", "schlecht"), ("delicious", "lecker"))
