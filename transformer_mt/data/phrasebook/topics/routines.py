"""What people do without an object, feel, look forward to, and where it hurts."""

from dataclasses import dataclass

from transformer_mt.data.phrasebook.lexicon import PLACES, REFLEXIVES
from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.usage import VERB, Frame, nouns_of
from transformer_mt.data.phrasebook.words import Place, Verb


@dataclass(frozen=True, eq=False)
class Doing:
    """A verb without an object, its uses, and the places where one does it."""

    verb: Verb
    uses: tuple[str, ...]
    places: tuple[Place, ...]


_PLACE = {place.name.replace(" ", "_"): place for place in PLACES}

# verb | uses | places
DOINGS = tuple(
    Doing(VERB[verb], tuple(uses.split()), tuple(_PLACE[name] for name in names.split()))
    for verb, uses, names in read_rows("""
arbeiten      | plan past modal habit | garden office home library Berlin Vienna Munich
schlafen      | past          | hotel garden living_room train bus
schwimmen     | plan past modal habit | in_the_lake swimming_pool
tanzen        | plan past modal | living_room garden
singen        | plan past modal habit | church theater school park
frühstücken   | plan past modal habit | hotel café garden kitchen balcony bakery
telefonieren  | past habit    | kitchen garden office train balcony living_room
fotografieren | past habit    | zoo park mountains forest city garden
rauchen       | past          | balcony garden
parken        | plan past modal | garage train_station outside_hotel airport
bleiben       | plan past modal | home hotel Berlin Munich Vienna Hamburg Switzerland Italy mountains
ankommen      | plan past     | Berlin Munich Vienna Hamburg Cologne Paris Rome
""")
)

# words of the times at which one does not do it: a moment, or another than the morning
UNTIMELY = {
    "bleiben": {"um", "Stunde"},
    "frühstücken": {"um", "vor", "Nachmittag", "Abend"},
}

# what goes on while somebody does something else
BACKGROUND = tuple(
    VERB[verb]
    for verb in [
        "schlafen",
        "arbeiten",
        "telefonieren",
        "duschen",
        "tanzen",
        "singen",
        "kochen",
        "frühstücken",
    ]
)

# who works and lives where, of those one meets: persons | verb | places
ACQUAINTANCES = tuple(
    (nouns_of(persons), Doing(VERB[verb], (), tuple(_PLACE[name] for name in names.split())))
    for persons, verb, names in read_rows("""
man woman          | arbeiten  | hotel restaurant café hospital library bookstore bakery pharmacy bank post_office supermarket airport university museum zoo theater
man woman student  | wohnen    | Berlin Hamburg Munich Cologne Vienna London Paris Rome Austria Switzerland Italy France Spain Sweden
man woman student  | studieren | Berlin Hamburg Munich Cologne Vienna London Paris Rome
waiter             | arbeiten  | hotel restaurant café
salesman           | arbeiten  | bookstore supermarket bakery
doctor             | arbeiten  | hospital university
police_officer     | arbeiten  | airport train_station
tour_guide         | arbeiten  | museum zoo
student            | arbeiten  | hotel restaurant café library bookstore supermarket museum
tourist            | wohnen    | Berlin Hamburg Munich Cologne Vienna London Paris Rome
""")
)

# what is not allowed where: verb | places
FORBIDDEN = tuple(
    Doing(VERB[verb], (), tuple(_PLACE[name] for name in names.split()))
    for verb, names in read_rows("""
rauchen       | restaurant hotel train bus museum theater library hospital office kitchen café school living_room supermarket airport
telefonieren  | library theater museum church school movies
fotografieren | museum church theater swimming_pool hospital in_the_bank airport
parken        | outside_hotel train_station park outside_hospital bus_stop
singen        | library museum hospital train bus
essen         | library museum theater bus bookstore church
trinken       | library museum theater bus bookstore church
tanzen        | library museum church office
schlafen      | library museum office park train_station
""")
)

_REFLEXIVE = {verb.infinitive: verb for verb in REFLEXIVES}
# verb | use | determiners | nouns
REFLEXIVE_FRAMES = tuple(
    Frame(_REFLEXIVE[verb], (use,), tuple(determiners.split()), nouns_of(kinds))
    for verb, use, determiners, kinds in read_rows("""
freuen        | now   | the         | awaited game movie trip tour exhibition
freuen        | now   | own         | vacation birthday trip
interessieren | now   | some        | interest
interessieren | now   | some        | castle horse bird island novel
erinnern      | state | the         | remembered concert party name address song city island teacher movie story
erinnern      | state | any         | grandfather grandmother uncle aunt teacher
beschweren    | past  | the         | noise
beschweren    | past  | the         | cause waiter hotel room bill soup driver meeting
beschweren    | past  | any plural  | neighbor
kümmern       | plan  | the plural  | child guest dog
kümmern       | plan  | the         | luggage garden reservation
kümmern       | plan  | any         | grandmother grandfather dog cat mother
""")
)

# what hurts: one, or both
PAINS = nouns_of("body")
# what one cannot or has to do then: English | German | where it hurts
CONSEQUENCES = tuple(
    (kind, english, german, nouns_of(aching))
    for kind, english, german, aching in read_rows("""
cannot | work                 | arbeiten              | head back stomach eye hand arm
cannot | sleep                | schlafen              | head back stomach throat tooth leg ear knee arm
cannot | drive                | fahren                | head back eye arm hand leg foot
cannot | swim                 | schwimmen             | arm leg back throat ear knee
cannot | dance                | tanzen                | foot leg knee back
cannot | cook                 | kochen                | head hand arm back
cannot | go to the movies     | ins Kino gehen        | head eye ear stomach
cannot | come                 | kommen                | head stomach throat back foot leg
must   | go to the doctor     | zum Arzt gehen        | head back stomach throat foot hand arm leg knee ear eye
must   | go to the dentist    | zum Zahnarzt gehen    | tooth
must   | go to the hospital   | ins Krankenhaus gehen | stomach head arm leg back knee hand foot
must   | stay at home         | zu Hause bleiben      | head stomach throat back foot leg knee
must   | call the doctor      | den Arzt anrufen      | head stomach throat back ear eye
must   | call the dentist     | den Zahnarzt anrufen  | tooth
must   | take a pill          | eine Tablette nehmen  | head tooth back stomach throat knee
""")
)
