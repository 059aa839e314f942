"""What is compared with what, and what one would like to have bigger or cheaper."""

from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.topics.situations import ADJECTIVE
from transformer_mt.data.phrasebook.usage import nouns_of

# adjective | nouns, by kind or name
COMPARED = tuple(
    (ADJECTIVE[adjective], nouns_of(kinds))
    for adjective, kinds in read_rows("""
fast        | train bus plane car bicycle ship taxi subway streetcar motorcycle
slow        | train bus car bicycle ship streetcar
expensive   | train bus plane taxi ship
expensive   | dress shirt blouse skirt jacket coat sweater suit hat scarf shoe boot
expensive   | watch ring camera phone computer television radio lamp
expensive   | restaurant café
expensive   | apartment house
expensive   | fish meat cheese ham bread butter honey
cheap       | train bus plane taxi ship
cheap       | dress shirt blouse skirt jacket coat sweater suit hat scarf
cheap       | coffee tea water juice beer wine milk
cheap       | restaurant café
old         | church castle bridge tower theater museum library
old         | dog cat horse
new         | car bicycle motorcycle
new         | computer television camera radio
big         | kitchen bathroom bedroom living_room office
big         | castle church museum theater hospital university hotel library school
big         | dog cat
big         | bag backpack suitcase
big         | table sofa bed wardrobe bookcase mirror
small       | kitchen bathroom bedroom living_room office
small       | table sofa bed wardrobe bookcase mirror
small       | bakery bookstore pharmacy café restaurant
long        | movie concert meeting tour
long        | game party
long        | dress skirt coat
short       | movie concert meeting tour
heavy       | bag backpack suitcase
heavy       | table sofa bed wardrobe
light       | bag backpack suitcase
warm        | coat jacket sweater
warm        | kitchen bathroom bedroom living_room office
cold        | kitchen bathroom bedroom basement garage
sweet       | apple banana orange
interesting | book novel story newspaper magazine
interesting | museum exhibition castle church
interesting | city village island
boring      | book novel story movie exhibition
beautiful   | castle church park
beautiful   | lake island beach
beautiful   | city village
beautiful   | dress skirt blouse coat
famous      | castle church museum bridge tower
comfortable | chair sofa bed
comfortable | shoe boot
quiet       | park beach village
quiet       | café restaurant
tall        | tower church
deep        | lake river
difficult   | word sentence
easy        | word sentence
important   | letter message email
smart       | dog cat horse
bright      | kitchen bedroom living_room office
dark        | kitchen bedroom basement garage
good        | restaurant café
good        | novel movie
clean       | kitchen bathroom bedroom
dirty       | kitchen bathroom
""")
)
# what one says of people
PEOPLE_COMPARED = tuple(
    ADJECTIVE[adjective]
    for adjective in ("old", "young", "smart", "friendly", "happy", "sad", "strong", "healthy")
)
_WANTED = {
    "room": "big small cheap quiet bright warm",
    "hotel": "small cheap quiet modern good",
    "apartment": "big small cheap bright modern quiet",
    "house": "big small cheap modern",
    "suitcase": "big small light cheap",
    "bag": "big small light cheap",
    "backpack": "big small light cheap",
    "car": "big small fast cheap new",
    "bicycle": "light new cheap fast",
    "computer": "fast new cheap",
    "phone": "cheap new",
    "camera": "good cheap light",
    "table": "big small",
    "bed": "big comfortable",
    "chair": "comfortable",
    "sofa": "comfortable big",
    "lamp": "bright small",
    "jacket": "warm long cheap light",
    "coat": "warm long cheap",
    "sweater": "warm cheap",
    "blanket": "warm light",
    "dress": "long short cheap",
    "skirt": "long short cheap",
    "shoe": "comfortable cheap",
    "boot": "warm comfortable cheap",
    "dictionary": "new good",
    "office": "big quiet bright",
}
BETTER = tuple(
    (noun, tuple(more for word in words.split() if (more := ADJECTIVE[word].comparative)))
    for name, words in _WANTED.items()
    for noun in nouns_of(name)
)
