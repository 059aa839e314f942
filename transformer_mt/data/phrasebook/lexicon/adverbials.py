"""When and where: time expressions and places, one line each."""

from transformer_mt.data.phrasebook.tables import read_places, read_times

# english | German | uses of verbs (see usage) | front, middle, negatable
TIMES = read_times("""
today             | heute             | plan soon need   | front negatable
now               | jetzt             | now soon need instant | front negatable
right now         | gerade            | now              | -
at the moment     | im Moment         | lasting          | front negatable
right away        | sofort            | prompt instant   | -
later             | später            | soon instant     | -
soon              | bald              | far              | -
this afternoon    | heute Nachmittag  | plan             | front negatable
this evening      | heute Abend       | plan need             | front negatable
tomorrow          | morgen            | plan need             | front negatable
tomorrow morning  | morgen früh       | plan             | front negatable
tomorrow evening  | morgen Abend      | plan             | front negatable
on Monday         | am Montag         | plan recent      | front negatable
on Tuesday        | am Dienstag       | plan recent      | front negatable
on Wednesday      | am Mittwoch       | plan recent      | front negatable
on Thursday       | am Donnerstag     | plan recent      | front negatable
on Friday         | am Freitag        | plan recent      | front negatable
on Saturday       | am Samstag        | plan recent      | front negatable
on Sunday         | am Sonntag        | plan recent      | front negatable
on the weekend    | am Wochenende     | plan             | front negatable
at three o'clock  | um drei Uhr       | plan             | front
at eight o'clock  | um acht Uhr       | plan             | front
at half past ten  | um halb elf       | plan             | front
at a quarter past six | um Viertel nach sechs | plan    | front
in an hour        | in einer Stunde   | plan             | front
next week         | nächste Woche     | far              | front negatable
next month        | nächsten Monat    | far              | front negatable
next year         | nächstes Jahr     | far              | front negatable
in two days       | in zwei Tagen     | far              | front
in three weeks    | in drei Wochen    | far              | front
in the summer     | im Sommer         | far              | front negatable
in the winter     | im Winter         | far              | front negatable
in the spring     | im Frühling       | far              | front negatable
in the fall       | im Herbst         | far              | front negatable
in May            | im Mai            | far              | front negatable
in July           | im Juli           | far              | front negatable
in December       | im Dezember       | far              | front negatable
yesterday         | gestern           | recent           | front negatable
this morning      | heute Morgen      | recent           | front negatable
yesterday evening | gestern Abend     | recent           | front negatable
two hours ago     | vor zwei Stunden  | recent           | front
three days ago    | vor drei Tagen    | recent           | front
last week         | letzte Woche      | past             | front negatable
last month        | letzten Monat     | past             | front negatable
last year         | letztes Jahr      | past             | front negatable
two weeks ago     | vor zwei Wochen   | past             | front
four months ago   | vor vier Monaten  | past             | front
every day         | jeden Tag         | habit wont       | front
every morning     | jeden Morgen      | habit            | front
every evening     | jeden Abend       | habit            | front
sometimes         | manchmal          | habit wont       | front middle
often             | oft               | habit wont       | middle
always            | immer             | custom           | middle
rarely            | selten            | habit wont       | middle
usually           | meistens          | custom           | front middle
""")

# name | at: English | at: German | to: English | to: German | verbs that lead there
PLACES = read_places("""
park          | in the park          | im Park             | to the park          | in den Park          | go
garden        | in the garden        | im Garten           | into the garden      | in den Garten        | go
city          | in the city          | in der Stadt        | to the city          | in die Stadt         | drive
kitchen       | in the kitchen       | in der Küche        | into the kitchen     | in die Küche         | go
living room   | in the living room   | im Wohnzimmer       | -                    | -                    | -
garage        | in the garage        | in der Garage       | -                    | -                    | -
balcony       | on the balcony       | auf dem Balkon      | onto the balcony     | auf den Balkon       | go
office        | at the office        | im Büro             | to the office        | ins Büro             | go drive
work          | at work              | bei der Arbeit      | to work              | zur Arbeit           | drive
school        | at school            | in der Schule       | to school            | zur Schule           | -
university    | at the university    | an der Universität  | to the university    | zur Universität      | go drive
market        | at the market        | auf dem Markt       | to the market        | auf den Markt        | go
supermarket   | at the supermarket   | im Supermarkt       | to the supermarket   | in den Supermarkt    | go
bakery        | at the bakery        | in der Bäckerei     | to the bakery        | zur Bäckerei         | go
bookstore     | at the bookstore     | in der Buchhandlung | to the bookstore     | in die Buchhandlung  | go
pharmacy      | at the pharmacy      | in der Apotheke     | to the pharmacy      | zur Apotheke         | go
bank          | at the bank          | bei der Bank        | to the bank          | zur Bank             | go
post office   | at the post office   | bei der Post        | to the post office   | zur Post             | go
train station | at the train station | am Bahnhof          | to the train station | zum Bahnhof          | go drive
airport       | at the airport       | am Flughafen        | to the airport       | zum Flughafen        | drive
bus stop      | at the bus stop      | an der Bushaltestelle | to the bus stop    | zur Bushaltestelle   | go
library       | in the library       | in der Bibliothek   | to the library       | in die Bibliothek    | go
restaurant    | in the restaurant    | im Restaurant       | to the restaurant    | ins Restaurant       | go
café          | in the café          | im Café             | to the café          | ins Café             | go
hotel         | at the hotel         | im Hotel            | to the hotel         | zum Hotel            | go drive
museum        | in the museum        | im Museum           | to the museum        | ins Museum           | go
theater       | at the theater       | im Theater          | to the theater       | ins Theater          | go
movies        | at the movies        | im Kino             | to the movies        | ins Kino             | go
zoo           | at the zoo           | im Zoo              | to the zoo           | in den Zoo           | go
church        | in the church        | in der Kirche       | to the church        | zur Kirche           | go
swimming pool | at the swimming pool | im Schwimmbad       | to the swimming pool | ins Schwimmbad       | go
lake          | at the lake          | am See              | to the lake          | zum See              | go drive
beach         | at the beach         | am Strand           | to the beach         | zum Strand           | go drive
forest        | in the forest        | im Wald             | into the forest      | in den Wald          | go
mountains     | in the mountains     | in den Bergen       | to the mountains     | in die Berge         | drive
hospital      | in the hospital      | im Krankenhaus      | to the hospital      | ins Krankenhaus      | -
in the lake   | in the lake          | im See              | -                    | -                    | -
in the bank   | in the bank          | in der Bank         | -                    | -                    | -
outside hotel | at the hotel         | am Hotel            | -                    | -                    | -
outside hospital | at the hospital   | am Krankenhaus      | -                    | -                    | -
train         | on the train         | im Zug              | -                    | -                    | -
bus           | on the bus           | im Bus              | -                    | -                    | -
home          | at home              | zu Hause            | home                 | nach Hause           | go drive
doctor        | -                    | -                   | to the doctor        | zum Arzt             | go
dentist       | -                    | -                   | to the dentist       | zum Zahnarzt         | go
Berlin        | in Berlin            | in Berlin           | to Berlin            | nach Berlin          | drive fly travel
Hamburg       | in Hamburg           | in Hamburg          | to Hamburg           | nach Hamburg         | drive fly travel
Munich        | in Munich            | in München          | to Munich            | nach München         | drive fly travel
Cologne       | in Cologne           | in Köln             | to Cologne           | nach Köln            | drive travel
Vienna        | in Vienna            | in Wien             | to Vienna            | nach Wien            | drive fly travel
London        | in London            | in London           | to London            | nach London          | fly travel
Paris         | in Paris             | in Paris            | to Paris             | nach Paris           | drive fly travel
Rome          | in Rome              | in Rom              | to Rome              | nach Rom             | fly travel
Germany       | in Germany           | in Deutschland      | to Germany           | nach Deutschland     | fly travel
Austria       | in Austria           | in Österreich       | to Austria           | nach Österreich      | drive travel
Switzerland   | in Switzerland       | in der Schweiz      | to Switzerland       | in die Schweiz       | drive travel
Italy         | in Italy             | in Italien          | to Italy             | nach Italien         | drive fly travel
France        | in France            | in Frankreich       | to France            | nach Frankreich      | drive travel
Spain         | in Spain             | in Spanien          | to Spain             | nach Spanien         | fly travel
Sweden        | in Sweden            | in Schweden         | to Sweden            | nach Schweden        | fly travel
""")
