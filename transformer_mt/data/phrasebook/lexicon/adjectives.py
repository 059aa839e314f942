"""The adjectives, one line each, with the nouns that they fit."""

from transformer_mt.data.phrasebook.tables import read_adjectives

# english, comparative | German (/ stem before endings), comparative | nouns, by kind or name |
# before them only | after "to be" only
ADJECTIVES = read_adjectives("""
red       | rot      | clothes car bicycle bag backpack suitcase umbrella flower apple candle blanket towel lamp sofa carpet cup | -     | -
blue      | blau     | clothes car bicycle bag backpack suitcase umbrella blanket towel sofa carpet cup eye | -     | -
green     | grün     | clothes car bicycle bag backpack suitcase umbrella apple blanket towel sofa carpet cup | -     | -
black     | schwarz  | clothes car bicycle bag backpack suitcase umbrella dog cat horse wallet motorcycle | -     | -
white     | weiß     | dress shirt blouse sweater car horse flower candle cat blanket towel wardrobe bookcase | -     | -
brown     | braun    | clothes bag backpack suitcase dog horse wallet sofa table eye | -     | -
yellow    | gelb     | dress shirt blouse skirt sweater jacket scarf umbrella car flower candle cup | -     | -
gray      | grau     | clothes cat car sofa carpet blanket suitcase | -     | -
big, bigger | groß, größer | bag backpack suitcase gift picture table sofa wardrobe bookcase mirror bed carpet television refrigerator dog horse room kitchen bathroom bedroom living_room basement garage office balcony garden apartment house window city museum church castle park zoo island lake market library theater supermarket hotel university hospital cake parking_lot | hand problem mistake | foot ear
small, smaller | klein, kleiner | bag backpack suitcase gift picture table lamp bookcase mirror bed carpet dog cat bird room kitchen bathroom bedroom basement garage office balcony garden apartment house window city village museum church castle park island lake market library theater school hotel restaurant café bakery bookstore supermarket boat child boy girl | hand mistake | foot ear
new, newer | neu, neuer | goods clothes owned vehicle device printed museum library theater school hospital hotel restaurant supermarket pharmacy bridge | teacher boss neighbor colleague | -
old, older | alt, älter | goods owned vehicle book letter picture church castle tower bridge theater house city village dog cat horse novel story | friend man woman song | father mother grandfather grandmother uncle aunt neighbor
expensive, more expensive | teuer/teur, teurer | goods clothes vehicle restaurant hotel apartment ring wine | -     | ticket
cheap, cheaper | billig, billiger | goods clothes restaurant hotel room ticket wine flight | -     | -
beautiful, more beautiful | schön, schöner | dress shirt blouse skirt coat ring picture flower lamp carpet garden city village church castle park island lake beach house apartment song bird horse museum gift | day evening weekend | -
interesting, more interesting | interessant, interessanter | book novel newspaper magazine story letter movie museum exhibition city tour course question idea island | -     | -
boring, more boring | langweilig, langweiliger | book novel story movie exhibition course game party meeting | -     | -
famous, more famous | berühmt, berühmter | church castle museum bridge tower theater picture novel song | -     | -
modern, more modern | modern, moderner | theater museum school hospital apartment house kitchen office library airport train_station stadium | -     | -
long, longer | lang, länger | dress skirt coat scarf letter story movie bridge novel meeting trip | leg email message | -
short, shorter | kurz, kürzer | dress skirt letter story movie meeting trip | leg email message sentence word | -
heavy, heavier | schwer, schwerer | bag backpack suitcase table wardrobe bed piano | -     | luggage
light, lighter | leicht, leichter | bag backpack suitcase jacket blanket bicycle | -     | luggage
warm, warmer | warm, wärmer | coat jacket sweater blanket scarf glove sock cap | -     | room kitchen hand foot
fresh, fresher | frisch, frischer | bread fish milk egg tomato strawberry bread_roll salad carrot | -     | -
hot, hotter | heiß, heißer | hot_drink | -     | soup
cold, colder | kalt, kälter | cold_drink | -     | hand foot room kitchen soup coffee tea
sweet, sweeter | süß, süßer | strawberry orange apple cake banana | -     | -
delicious | lecker | soup fish cake salad pizza sandwich sausage ice_cream chocolate jam cookie | -     | -
good, better | gut, besser | book novel movie restaurant hotel wine doctor dentist teacher camera dictionary | idea answer friend question | idea answer
bad, worse | schlecht, schlechter | movie restaurant hotel | answer idea | answer idea weather
clean, cleaner | sauber, sauberer | room kitchen bathroom bedroom cup glass plate towel shirt restroom beach apartment | -     | street knife fork spoon
dirty, dirtier | schmutzig, schmutziger | cup glass plate towel shirt shoe boot sock kitchen car jacket window | -     | bathroom room restroom knife fork spoon hand street
comfortable, more comfortable | bequem, bequemer | chair sofa bed shoe boot pillow | -     | -
empty | leer | - | - | bottle glass cup suitcase room apartment refrigerator bus train street parking_lot beach restaurant wallet plate
full      | voll | - | - | bottle glass suitcase bus train beach restaurant refrigerator bag parking_lot
broken | kaputt | lamp radio computer television camera phone refrigerator washing_machine watch umbrella chair window bicycle car charger motorcycle | -     | elevator door
quiet, quieter | ruhig, ruhiger | hotel room village street beach café park | -     | -
loud, louder | laut, lauter | music party | -     | music washing_machine street radio
bright, brighter | hell, heller | room kitchen living_room office lamp apartment | -     | -
dark, darker | dunkel/dunkl, dunkler | room basement forest street garage suit | -     | -
fast, faster | schnell, schneller | car train motorcycle horse computer boat | -     | plane subway
slow, slower | langsam, langsamer | train bus computer boat | -     | elevator
deep, deeper | tief, tiefer | lake river | -     | -
high, higher | hoch/hoh, höher | mountain bridge | -     | -
tall, taller | hoch/hoh, höher | tower | -     | -
important, more important | wichtig, wichtiger | letter email message question meeting appointment form answer | -     | -
difficult, more difficult | schwierig, schwieriger | question word sentence course game | problem | -
easy, easier | einfach, einfacher | question word sentence game | -     | -
free | frei | - | - | seat table room taxi chair bathroom restroom
right | richtig | - | - | answer address password phone_number
wrong | falsch | - | - | answer address password phone_number
young, younger | jung, jünger | dog cat horse | man woman teacher doctor student | brother sister cousin colleague waiter neighbor
friendly, friendlier | freundlich, freundlicher | staff neighbor colleague man woman dog | -     | -
smart, smarter | klug, klüger | child boy girl student woman man dog horse | -     | sibling
strong, stronger | stark, stärker | horse | man | coffee tea brother son
sick | krank | child | - | kin colleague teacher dog cat
healthy, healthier | gesund, gesünder | - | - | kin dog cat
happy, happier | glücklich, glücklicher | - | - | person
sad, sadder | traurig, trauriger | - | - | person
tired | müde | - | - | person dog cat
angry | wütend | - | - | person
hungry | hungrig | - | - | person dog cat horse
thirsty | durstig | - | - | person dog cat horse
nervous | nervös | - | - | person horse
married | verheiratet | - | - | boss teacher doctor neighbor brother sister son daughter uncle aunt cousin friend colleague boss
satisfied | zufrieden | - | - | guest tourist boss teacher colleague neighbor waiter driver student
closed | geschlossen | - | - | office_hours museum theater school university window door exit entrance
open | geöffnet | - | - | office_hours museum
""")
