"""The words of the phrasebook, one line each; ``tables`` says how a line is read.

Each noun has one translation and each translation one noun, so that no pair is ambiguous.
English is American; "you" is the formal "Sie"; nouns for people are the general (masculine) ones.
"""

from transformer_mt.data.phrasebook.tables import (
    read_adjectives,
    read_modals,
    read_nouns,
    read_numbers,
    read_places,
    read_pronouns,
    read_times,
    read_verbs,
)

# english | plural | German (weak nouns: / oblique form), gender | plural | kinds
NOUNS = read_nouns("""
father      | -           | Vater m            | -           | person kin
mother      | -           | Mutter f           | -           | person kin
brother     | brothers    | Bruder m           | Brüder      | person kin sibling playmate
sister      | sisters     | Schwester f        | Schwestern  | person kin sibling playmate
son         | sons        | Sohn m             | Söhne       | person kin sibling playmate
daughter    | daughters   | Tochter f          | Töchter     | person kin sibling playmate
uncle       | uncles      | Onkel m            | Onkel       | person kin sibling
aunt        | aunts       | Tante f            | Tanten      | person kin sibling
teacher     | teachers    | Lehrer m           | Lehrer      | person role novice young friendly
doctor      | doctors     | Arzt m             | Ärzte       | person role young friendly
neighbor    | neighbors   | Nachbar/Nachbarn m | Nachbarn    | person role host novice friendly
friend      | friends     | Freund m           | Freunde     | person kin host old
student     | students    | Student/Studenten m | Studenten  | person human novice young
colleague   | colleagues  | Kollege/Kollegen m | Kollegen    | person role host novice young friendly
boss        | -           | Chef m             | -           | person kin role novice young friendly
man         | men         | Mann m             | Männer      | person human old young friendly
woman       | women       | Frau f             | Frauen      | person human old young friendly
boy         | boys        | Junge/Jungen m     | Jungen      | person human minor small
girl        | girls       | Mädchen n          | Mädchen     | person human minor small
child       | children    | Kind n             | Kinder      | person human playmate minor small
apple       | apples      | Apfel m            | Äpfel       | food shopping counted fresh red green big small
egg         | eggs        | Ei n               | Eier        | food shopping counted cooked fresh
tomato      | tomatoes    | Tomate f           | Tomaten     | food shopping counted fresh red green
cake        | cakes       | Kuchen m           | Kuchen      | baked shopping counted dish big small
pizza       | pizzas      | Pizza f            | Pizzas      | baked counted dish big small
bread       | -           | Brot n             | -           | mass food shopping fresh
cheese      | -           | Käse m             | -           | mass food shopping fresh
rice        | -           | Reis m             | -           | mass food shopping cooked
fish        | -           | Fisch m            | -           | mass food shopping cooked dish fresh
soup        | -           | Suppe f            | -           | mass food cooked dish hot cold
coffee      | -           | Kaffee m           | -           | mass drink shopping hot cold
tea         | -           | Tee m              | -           | mass drink shopping hot cold
water       | -           | Wasser n           | -           | mass drink hot cold
milk        | -           | Milch f            | -           | mass drink shopping fresh hot cold
juice       | -           | Saft m             | -           | mass drink shopping fresh cold
book        | books       | Buch n             | Bücher      | text printed thing handy lying goods dated interesting heavy
newspaper   | newspapers  | Zeitung f          | Zeitungen   | text printed handy lying shopping dated interesting
story       | stories     | Geschichte f       | Geschichten | text written dated interesting long beautiful
letter      | letters     | Brief m            | Briefe      | text written mail thing handy lying sealed dated interesting long
email       | emails      | E-Mail f           | E-Mails     | text written mail interesting long
message     | messages    | Nachricht f        | Nachrichten | text written mail interesting long
dress       | dresses     | Kleid n            | Kleider     | lying colored dated priced long beautiful
shirt       | shirts      | Hemd n             | Hemden      | clothes goods colored dated priced beautiful
jacket      | jackets     | Jacke f            | Jacken      | clothes goods lying colored dated priced long beautiful
coat        | coats       | Mantel m           | Mäntel      | clothes goods lying colored dated priced long beautiful
sweater     | sweaters    | Pullover m         | Pullover    | clothes goods lying colored dated priced beautiful
key         | keys        | Schlüssel m        | Schlüssel   | thing handy lying dated big small
bag         | bags        | Tasche f           | Taschen     | thing handy goods closed packed colored dated priced heavy big small
umbrella    | umbrellas   | Regenschirm m      | Regenschirme | thing handy lying goods packed colored dated priced big small
watch       | watches     | Uhr f              | Uhren       | thing handy lying goods repairable dated priced beautiful
ticket      | tickets     | Fahrkarte f        | Fahrkarten  | thing handy lying goods counted packed priced
suitcase    | suitcases   | Koffer m           | Koffer      | thing goods closed upright colored dated priced heavy big small
picture     | pictures    | Bild n             | Bilder      | thing handy goods posted dated priced interesting beautiful big small
flower      | flowers     | Blume f            | Blumen      | handy shopping counted posted red white beautiful fresh
gift        | gifts       | Geschenk n         | Geschenke   | thing handy goods lying sealed posted packed priced beautiful big small
phone       | phones      | Handy n            | Handys      | thing handy lying goods repairable dated priced
computer    | computers   | Computer m         | Computer    | goods owned repairable switched upright dated priced heavy
camera      | cameras     | Kamera f           | Kameras     | thing handy lying goods repairable packed dated priced
lamp        | lamps       | Lampe f            | Lampen      | goods owned repairable switched upright colored dated priced beautiful big small
radio       | radios      | Radio n            | Radios      | goods owned repairable switched upright dated priced small
table       | tables      | Tisch m            | Tische      | furniture goods owned repairable dated priced heavy big small
chair       | chairs      | Stuhl m            | Stühle      | furniture goods owned repairable colored dated priced heavy
bed         | beds        | Bett n             | Betten      | furniture goods owned repairable dated priced heavy big small
car         | cars        | Auto n             | Autos       | vehicle goods owned repairable colored dated priced big small
bicycle     | bicycles    | Fahrrad n          | Fahrräder   | vehicle goods owned repairable colored dated priced
dog         | dogs        | Hund m             | Hunde       | animal playmate black white big small old young
cat         | cats        | Katze f            | Katzen      | animal playmate black white big small old young
bird        | birds       | Vogel m            | Vögel       | animal red blue black white big small
kitchen     | kitchens    | Küche f            | Küchen      | room big small
bathroom    | bathrooms   | Badezimmer n       | Badezimmer  | room big small
garage      | garages     | Garage f           | Garagen     | room big small
office      | offices     | Büro n             | Büros       | room big small
window      | windows     | Fenster n          | Fenster     | opening repairable big small
door        | doors       | Tür f              | Türen       | opening repairable colored dated heavy
city        | cities      | Stadt f            | Städte      | site visited beautiful big small interesting old
museum      | museums     | Museum n           | Museen      | site visited facility new old big small interesting
church      | churches    | Kirche f           | Kirchen     | site visited facility new old big small beautiful
park        | parks       | Park m             | Parks       | site visited facility big small beautiful
library     | libraries   | Bibliothek f       | Bibliotheken | site facility new old big small
market      | markets     | Markt m            | Märkte      | site visited big small
supermarket | supermarkets | Supermarkt m      | Supermärkte | site facility new big small
station     | stations    | Bahnhof m          | Bahnhöfe    | site new old big small
garden      | gardens     | Garten m           | Gärten      | owned big small beautiful
restaurant  | restaurants | Restaurant n       | Restaurants | site lodging facility new cheap expensive small
hotel       | hotels      | Hotel n            | Hotels      | site lodging facility new old cheap expensive big small
""")

# base, third person, -ing, past | infinitive (separable: ·), ich, er, participle | government
VERBS = read_verbs("""
buy, buys, buying, bought                     | kaufen, kaufe, kauft, gekauft               | acc
sell, sells, selling, sold                    | verkaufen, verkaufe, verkauft, verkauft      | acc
eat, eats, eating, ate                        | essen, esse, isst, gegessen                 | acc
drink, drinks, drinking, drank                | trinken, trinke, trinkt, getrunken          | acc
read, reads, reading, read                    | lesen, lese, liest, gelesen                 | acc
write, writes, writing, wrote                 | schreiben, schreibe, schreibt, geschrieben  | acc
cook, cooks, cooking, cooked                  | kochen, koche, kocht, gekocht               | acc
see, sees, seeing, saw                        | sehen, sehe, sieht, gesehen                 | acc
look for, looks for, looking for, looked for  | suchen, suche, sucht, gesucht               | acc
find, finds, finding, found                   | finden, finde, findet, gefunden             | acc
lose, loses, losing, lost                     | verlieren, verliere, verliert, verloren     | acc
need, needs, needing, needed                  | brauchen, brauche, braucht, gebraucht       | acc
have, has, having, had                        | haben, habe, hat, gehabt                    | acc
love, loves, loving, loved                    | lieben, liebe, liebt, geliebt               | acc
like, likes, liking, liked                    | mögen, mag, mag, gemocht                    | acc
know, knows, knowing, knew                    | kennen, kenne, kennt, gekannt               | acc
visit, visits, visiting, visited              | besuchen, besuche, besucht, besucht         | acc
meet, meets, meeting, met                     | treffen, treffe, trifft, getroffen          | acc
ask, asks, asking, asked                      | fragen, frage, fragt, gefragt               | acc
help, helps, helping, helped                  | helfen, helfe, hilft, geholfen              | dat
thank, thanks, thanking, thanked              | danken, danke, dankt, gedankt               | dat
open, opens, opening, opened                  | öffnen, öffne, öffnet, geöffnet             | acc
close, closes, closing, closed                | schließen, schließe, schließt, geschlossen  | acc
repair, repairs, repairing, repaired          | reparieren, repariere, repariert, repariert | acc
order, orders, ordering, ordered              | bestellen, bestelle, bestellt, bestellt     | acc
clean, cleans, cleaning, cleaned              | putzen, putze, putzt, geputzt               | acc
wash, washes, washing, washed                 | waschen, wasche, wäscht, gewaschen           | acc
wear, wears, wearing, wore                    | tragen, trage, trägt, getragen              | acc
give, gives, giving, gave                     | geben, gebe, gibt, gegeben                  | acc
show, shows, showing, showed                  | zeigen, zeige, zeigt, gezeigt               | acc
send, sends, sending, sent                    | schicken, schicke, schickt, geschickt       | acc
bring, brings, bringing, brought              | bringen, bringe, bringt, gebracht           | acc
call, calls, calling, called                  | an·rufen, rufe, ruft, angerufen             | acc
pick up, picks up, picking up, picked up      | ab·holen, hole, holt, abgeholt              | acc
invite, invites, inviting, invited            | ein·laden, lade, lädt, eingeladen           | acc
tidy up, tidies up, tidying up, tidied up     | auf·räumen, räume, räumt, aufgeräumt        | acc
pack, packs, packing, packed                  | ein·packen, packe, packt, eingepackt        | acc
put on, puts on, putting on, put on           | an·ziehen, ziehe, zieht, angezogen          | acc
turn on, turns on, turning on, turned on      | an·machen, mache, macht, angemacht          | acc
turn off, turns off, turning off, turned off  | aus·machen, mache, macht, ausgemacht        | acc
wait for, waits for, waiting for, waited for  | warten, warte, wartet, gewartet             | auf acc
talk to, talks to, talking to, talked to      | sprechen, spreche, spricht, gesprochen      | mit dat
play with, plays with, playing with, played with | spielen, spiele, spielt, gespielt        | mit dat
stay, stays, staying, stayed                  | bleiben, bleibe, bleibt, ist geblieben      | acc
lie, lies, lying, lay                         | liegen, liege, liegt, gelegen               | acc
stand, stands, standing, stood                | stehen, stehe, steht, gestanden             | acc
go, goes, going, went                         | gehen, gehe, geht, ist gegangen             | acc
drive, drives, driving, drove                 | fahren, fahre, fährt, ist gefahren          | acc
cost, costs, costing, cost                    | kosten, koste, kostet, gekostet             | acc
know, knows, knowing, knew                    | wissen, weiß, weiß, gewusst                 | acc
believe, believes, believing, believed        | glauben, glaube, glaubt, geglaubt           | acc
hope, hopes, hoping, hoped                    | hoffen, hoffe, hofft, gehofft               | acc
say, says, saying, said                       | sagen, sage, sagt, gesagt                   | acc
""")

# English auxiliary | English verb, third person | ich, er, wir
MODALS = read_modals("""
can    | -                     | kann, kann, können
should | -                     | sollte, sollte, sollten
would  | like to               | möchte, möchte, möchten
-      | have to, has to       | muss, muss, müssen
-      | want to, wants to     | will, will, wollen
""")

# english | German (/ stem before endings) | kinds of nouns | before them only | after "to be" only
ADJECTIVES = read_adjectives("""
red         | rot         | colored red      | -      | -
blue        | blau        | colored blue     | -      | -
green       | grün        | colored green    | -      | -
black       | schwarz     | colored black    | -      | -
white       | weiß        | colored white    | -      | -
big         | groß        | big              | -      | -
small       | klein       | small            | -      | -
new         | neu         | dated new        | novice | -
old         | alt         | dated old        | -      | -
expensive   | teuer/teur  | priced expensive | -      | -
cheap       | billig      | priced cheap     | -      | -
beautiful   | schön       | beautiful        | -      | -
fresh       | frisch      | fresh            | -      | -
hot         | heiß        | hot              | -      | -
cold        | kalt        | cold             | -      | -
interesting | interessant | interesting      | -      | -
long        | lang        | long             | -      | -
short       | kurz        | long             | -      | -
heavy       | schwer      | heavy            | -      | -
young       | jung        | young            | -      | -
friendly    | freundlich  | friendly         | -      | kin
happy       | glücklich   | -                | -      | person
sad         | traurig     | -                | -      | person
tired       | müde        | -                | -      | person
angry       | wütend      | -                | -      | person
""")

# english | German | uses of verbs (see usage) | front, middle, negatable
TIMES = read_times("""
today            | heute            | plan now    | front negatable
now              | jetzt            | now         | front negatable
this afternoon   | heute Nachmittag | plan now    | front negatable
this evening     | heute Abend      | plan now    | front negatable
tomorrow         | morgen           | plan        | front negatable
tomorrow morning | morgen früh      | plan        | front negatable
next week        | nächste Woche    | plan        | front negatable
on Monday        | am Montag        | plan recent past | front negatable
on Wednesday     | am Mittwoch      | plan recent past | front negatable
on Friday        | am Freitag       | plan recent past | front negatable
on Saturday      | am Samstag       | plan recent past | front negatable
on the weekend   | am Wochenende    | plan past   | front negatable
at three o'clock | um drei Uhr      | plan        | front
at eight o'clock | um acht Uhr      | plan        | front
at ten o'clock   | um zehn Uhr      | plan        | front
yesterday        | gestern          | recent past | front negatable
this morning     | heute Morgen     | recent past | front negatable
last week        | letzte Woche     | past        | front negatable
every day        | jeden Tag     | habit    | front
every morning    | jeden Morgen  | habit    | front
every evening    | jeden Abend   | habit    | front
sometimes        | manchmal      | habit    | front middle
often            | oft           | habit    | middle
""")

# name | at: English | at: German | to: English | to: German | verbs that lead there
PLACES = read_places("""
park        | in the park        | im Park           | to the park        | in den Park        | go
garden      | in the garden      | im Garten         | into the garden    | in den Garten      | go
city        | in the city        | in der Stadt      | to the city        | in die Stadt       | drive
kitchen     | in the kitchen     | in der Küche      | -                  | -                  | -
garage      | in the garage      | in der Garage     | -                  | -                  | -
office      | at the office      | im Büro           | to the office      | ins Büro           | go drive
market      | at the market      | auf dem Markt     | to the market      | auf den Markt      | go
supermarket | at the supermarket | im Supermarkt     | to the supermarket | in den Supermarkt  | go
station     | at the station     | am Bahnhof        | to the station     | zum Bahnhof        | go drive
library     | in the library     | in der Bibliothek | to the library     | in die Bibliothek  | go
restaurant  | in the restaurant  | im Restaurant     | to the restaurant  | ins Restaurant     | go
hotel       | at the hotel       | im Hotel          | to the hotel       | zum Hotel          | go drive
museum      | in the museum      | im Museum         | to the museum      | ins Museum         | go
home        | at home            | zu Hause          | home               | nach Hause         | go drive
doctor      | -                  | -                 | to the doctor      | zum Arzt           | go
Berlin      | in Berlin          | in Berlin         | to Berlin          | nach Berlin        | drive
Hamburg     | in Hamburg         | in Hamburg        | to Hamburg         | nach Hamburg       | drive
Vienna      | in Vienna          | in Wien           | to Vienna          | nach Wien          | drive
Munich      | in Munich          | in München        | to Munich          | nach München       | drive
""")

# English | German | agreement | object: English, accusative, dative | possessive
PRONOUNS = read_pronouns("""
I    | ich | first  | me mich mir      | my mein
we   | wir | plural | us uns uns       | our unser
you  | Sie | plural | you Sie Ihnen    | your Ihr
he   | er  | third  | him ihn ihm      | his sein
she  | sie | third  | her sie ihr      | her ihr
they | sie | plural | them sie ihnen   | their ihr
""")

# First names are the same in both languages; the second word is the pronoun that resumes them.
NAMES = (("Anna", "she"), ("Maria", "she"), ("Peter", "he"), ("Paul", "he"))

SMALL_NUMBERS = read_numbers("""
two   | zwei
three | drei
four  | vier
five  | fünf
six   | sechs
seven | sieben
eight | acht
nine  | neun
ten   | zehn
twelve | zwölf
""")

TENS = read_numbers("""
twenty | zwanzig
thirty | dreißig
fifty  | fünfzig
eighty | achtzig
""")
