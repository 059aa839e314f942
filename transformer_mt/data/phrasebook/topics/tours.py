"""What travelers ask for: sites, lines, the way, and what rides where."""

from transformer_mt.data.phrasebook.lexicon import PLACES
from transformer_mt.data.phrasebook.tables import read_rows
from transformer_mt.data.phrasebook.usage import nouns_of
from transformer_mt.data.phrasebook.words import Adjective

NEAREST = Adjective("nearest", "nächste", "nächst", (), ())

SOUGHT_SITES = nouns_of("public errand way museum church castle park zoo bridge tower")
OFFICES = nouns_of("office_hours museum zoo castle")
LANDMARKS = nouns_of(
    "museum church castle tower bridge park theater movie_theater school hospital bank "
    "post_office pharmacy bakery bookstore supermarket hotel train_station library bus_stop "
    "gas_station café restaurant university"
)
LOST_THINGS = nouns_of("thing outdoor hat cap scarf glove shoe boot towel toothbrush")
MISSED_PEOPLE = nouns_of("kin minor waiter driver tour_guide guest salesman")

# English with the landmark | German preposition, with the dative | German with both
TURNS = tuple(
    (english, preposition, german)
    for english, preposition, german in read_rows("""
turn right at {}                   | an   | biegen Sie {} rechts ab
turn left at {}                    | an   | biegen Sie {} links ab
turn right after {}                | nach | biegen Sie {} rechts ab
turn left after {}                 | nach | biegen Sie {} links ab
please turn right past {}          | hinter | bitte biegen Sie {} rechts ab
please turn left in front of {}    | vor  | bitte biegen Sie {} links ab
go straight ahead to {}            | zu   | gehen Sie geradeaus bis {}
go past {}                         | an   | gehen Sie {} vorbei
go past {} and then turn left      | an   | gehen Sie {} vorbei und biegen Sie dann links ab
go past {} and then turn right     | an   | gehen Sie {} vorbei und biegen Sie dann rechts ab
""")
)

# cities that trains and buses go to: English | German
CITIES = tuple(
    (place.english_at.removeprefix("in "), place.german_at.removeprefix("in "))
    for place in PLACES
    if place.name in ("Berlin", "Hamburg", "Munich", "Cologne", "Vienna", "Paris", "Rome")
)

# what rides where: English | German | places
RIDES = tuple(
    (english, german, tuple(names.split(", ")))
    for english, german, names in read_rows("""
by train     | mit dem Zug         | Berlin, Hamburg, Munich, Cologne, Vienna, Paris, Italy, France, Switzerland, Austria, mountains, airport, work, city
by bus       | mit dem Bus         | Berlin, Munich, Cologne, airport, work, city, lake, beach, university, train station, office, mountains
by car       | mit dem Auto        | Berlin, Hamburg, Vienna, Italy, France, Austria, work, office, lake, beach, airport, mountains, train station
by bicycle   | mit dem Fahrrad     | work, office, lake, beach, university, train station, city
by taxi      | mit dem Taxi        | airport, train station, hotel, office
by streetcar | mit der Straßenbahn | work, office, university, train station, city
by subway    | mit der U-Bahn      | work, office, university, train station, city, airport
""")
)
