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
brauchen  | state | chair table bed cup plate knife fork spoon blanket pillow towel ticket stamp egg apple tomato potato candle form day week hour minute bottle
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

# how much: by name, English and German
QUANTITIES = {
    "few": ("a few", "ein paar"),
    "many": ("a lot of", "viele"),
    "little": ("a little", "ein bisschen"),
    "some": ("some", "etwas"),
    "much": ("a lot of", "viel"),
    "enough": ("enough", "genug"),
}
# verb | use | how much | nouns; "a little fish" would be a small one
USED_UP = tuple(
    (Frame(VERB[verb], (use,), (), nouns_of(kinds)), use, tuple(words.split()))
    for verb, use, words, kinds in read_rows("""
brauchen | state | few many        | apple egg tomato potato onion carrot banana chair cup plate stamp candle flower towel blanket bottle
brauchen | state | little some     | rice meat bread cheese ham butter honey sugar salt milk water money time help soap
brauchen | state | much            | rice meat bread cheese sugar milk water money time help
kaufen   | past  | few many enough | apple egg tomato potato onion carrot banana strawberry cookie bread_roll
kaufen   | past  | few many        | stamp postcard flower candle
kaufen   | past  | much enough     | cheese meat fish rice bread chocolate sugar butter milk juice water
kaufen   | past  | some            | cheese meat fish rice bread ham chocolate sugar butter soap
kaufen   | modal | few many enough | apple egg tomato potato strawberry
kaufen   | modal | few many        | flower candle
kaufen   | modal | some enough     | cheese meat fish rice chocolate sugar milk
essen    | past  | few many        | strawberry cookie tomato carrot
essen    | past  | little much     | bread cheese rice chocolate soup ice_cream
essen    | past  | some            | fish meat
trinken  | past  | little much     | coffee tea water milk juice lemonade
haben    | state | few many        | book picture idea flower friend
haben    | state | enough much     | money time
haben    | state | few enough      | chair
""")
)

# English, plural | article, German, plural | contents
MEASURES = tuple(
    (one, many, article, german_one, german_many, nouns_of(contents))
    for one, many, article, german_one, german_many, contents in read_rows("""
cup        | cups    | eine | Tasse   | Tassen   | coffee tea
glass      | glasses | ein  | Glas    | Gläser   | water milk juice beer wine lemonade
bottle     | bottles | eine | Flasche | Flaschen | water milk juice beer wine lemonade
piece      | pieces  | ein  | Stück   | Stück    | cheese chocolate bread
bar        | bars    | ein  | Stück   | Stück    | soap
kilo       | kilos   | ein  | Kilo    | Kilo     | apple orange banana strawberry tomato potato carrot onion rice sugar meat fish cheese
package    | packages | eine | Packung | Packungen | rice sugar salt cookie
jar        | jars    | ein  | Glas    | Gläser   | honey jam
bowl       | bowls   | einen | Teller | Teller   | soup
""")
)
ORDERED = nouns_of(
    "dish fruit bread_roll coffee tea water beer wine juice lemonade coffee tea ice_cream cookie egg "
    "flower postcard stamp ticket milk bread candle"
)
