"""What one suggests to do together, and what one asks leave for."""

from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.topics.situations import frames_of
from transformer_mt.data.phrasebook.usage import VERB, nouns_of

SUGGESTED = tuple(
    (frame, "plan")
    for frame in frames_of(
        "besuchen sehen:movie,exhibition kochen backen essen:pizza,soup,salad,fish,ice_cream "
        "kaufen:flower,gift,staple,produce,stamp,sofa,table,television nehmen mieten:car,bicycle,boat,apartment,house "
        "gehen fahren fliegen reisen einladen anrufen:kin,friend helfen:kin,friend putzen:kitchen,bathroom,window "
        "aufräumen:kitchen,living_room,basement,garage abholen:kin,friend buchen:flight,trip,tour "
        "verkaufen:car,piano,house,boat schreiben:letter,postcard,email treffen:kin,friend",
        "plan",
    )
)

# verb | nouns of this and that
PERMITTED = tuple(
    (VERB[verb], nouns_of(kinds))
    for verb, kinds in read_rows("""
öffnen      | window door bottle gift letter suitcase
schließen   | window door
anprobieren | dressed hat
benutzen    | computer phone camera bicycle washing_machine dictionary elevator umbrella towel
anmachen    | switched
ausmachen   | switched
lesen       | book newspaper magazine letter novel message postcard
nehmen      | chair cup plate knife fork spoon glass blanket pillow towel newspaper apple banana bicycle umbrella pencil
essen       | apple banana orange cookie bread_roll sandwich cake
sehen       | picture passport ticket letter
""")
)
