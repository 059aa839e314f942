"""What is counted, measured, ordered, and picked from several."""

from transformer_mt.data.phrasebook.scenes import Action
from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.usage import VERB, Frame, nouns_of


def _read_actions(table: str) -> tuple[Action, ...]:
    """Read ``verb | use | nouns``."""
    return tuple(
        (Frame(VERB[verb], (use,), (), nouns_of(kinds)), use)
        for verb, use, kinds in read_rows(table)
    )


# of which one is picked: "which"
PICKED = _read_actions("""
kaufen      | plan | dress shirt jacket coat suit skirt blouse hat shoe boot car bicycle sofa lamp table picture ring watch camera computer
kaufen      | past | dress shirt jacket coat suit skirt book novel hat shoe boot car bicycle sofa lamp
anziehen    | now  | dress shirt jacket coat suit skirt shoe boot
lesen       | now  | book novel newspaper magazine story
lesen       | past | book novel newspaper magazine story letter
besuchen    | plan | museum castle church exhibition zoo
besuchen    | past | museum castle church city exhibition
nehmen      | plan | train bus
nehmen      | past | train bus
verpassen   | past | train bus flight
suchen      | now  | street hotel key book
mögen       | state | city song book dress picture movie museum island lamp
kennen      | state | city museum song hotel restaurant castle novel
öffnen      | past | window door bottle letter gift
sehen       | past | movie castle church exhibition
helfen      | past | teacher student neighbor child woman man
warten      | now  | train bus doctor
sprechen    | past | teacher doctor waiter neighbor colleague dentist
einladen    | plan | neighbor colleague friend student teacher
""")

# of which one asks how many
COUNTED = _read_actions("""
haben     | state | child brother sister son daughter cousin friend colleague neighbor dog cat horse bird room window suitcase question ticket bicycle car book picture lamp
brauchen  | state | chair table bed cup glass plate knife fork spoon blanket pillow towel ticket stamp egg apple tomato potato candle form day week hour minute bottle
kaufen    | past  | apple egg tomato potato ticket stamp postcard flower book candle bread_roll banana orange
essen     | past  | apple egg cookie bread_roll sausage sandwich banana orange carrot
schreiben | past  | letter email postcard message
machen    | past  | mistake
bleiben   | plan  | day week month
kennen    | state | city museum song island
lesen     | past  | book novel letter story
sehen     | past  | bird horse museum castle church movie
einladen  | past  | guest friend colleague neighbor child
verlieren | past  | key glove umbrella ticket
""")

# "a few" and "a little": English | German | of what
QUANTITIES = tuple(
    (english, german, kind)
    for english, german, kind in read_rows("""
a few        | ein paar      | count
many         | viele         | count
enough       | genug         | count
a little     | ein bisschen  | mass
a lot of     | viel          | mass
enough       | genug         | mass
""")
)
USED_UP = _read_actions("""
brauchen | state | apple egg tomato potato onion carrot banana chair cup glass plate stamp candle flower towel blanket bottle
brauchen | state | staple larder milk water juice money time help soap
kaufen   | past  | apple egg tomato potato onion carrot banana strawberry cookie bread_roll stamp postcard flower candle
kaufen   | past  | cheese meat fish rice bread ham chocolate sugar butter milk juice water
kaufen   | modal | apple egg tomato potato strawberry flower candle
kaufen   | modal | cheese meat fish rice chocolate sugar milk
essen    | past  | strawberry cookie tomato carrot
essen    | past  | bread cheese rice chocolate soup ice_cream
trinken  | past  | coffee tea water milk juice lemonade
haben    | state | book picture friend question idea flower chair
haben    | state | money time
""")
USED_UP = tuple((frame, use) for frame, use in USED_UP if frame.nouns)

# English, plural | article, German, plural | contents
MEASURES = tuple(
    (one, many, article, german_one, german_many, nouns_of(contents))
    for one, many, article, german_one, german_many, contents in read_rows("""
cup        | cups    | eine | Tasse   | Tassen   | coffee tea
glass      | glasses | ein  | Glas    | Gläser   | water milk juice beer wine lemonade
bottle     | bottles | eine | Flasche | Flaschen | water milk juice beer wine lemonade
piece      | pieces  | ein  | Stück   | Stück    | cheese chocolate bread soap
kilo       | kilos   | ein  | Kilo    | Kilo     | apple orange banana strawberry tomato potato carrot onion rice sugar meat fish cheese
package    | packages | eine | Packung | Packungen | butter rice sugar salt cookie
jar        | jars    | ein  | Glas    | Gläser   | honey jam
bowl       | bowls   | einen | Teller | Teller   | soup
""")
)
ORDERED = nouns_of(
    "dish fruit bread_roll coffee tea water beer wine juice lemonade coffee tea ice_cream cookie egg "
    "flower postcard stamp ticket milk bread candle"
)
