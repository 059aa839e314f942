"""The nouns, one line each.

Each noun has one translation and each translation one noun, so that no pair is ambiguous; nouns
for people are the general (masculine) ones. A genitive is given where it is not formed with -s.
"Glasses" are eyeglasses to most readers, so that a glass has no plural here.
"""

from transformer_mt.data.phrasebook.tables import read_nouns

# english | plural | German (weak nouns: / oblique form), gender, genitive | plural | kinds
PEOPLE = read_nouns("""
father      | -           | Vater m                | -           | person kin relative elder
mother      | -           | Mutter f               | -           | person kin relative elder
brother     | brothers    | Bruder m               | Brüder      | person kin sibling relative
sister      | sisters     | Schwester f            | Schwestern  | person kin sibling relative
son         | sons        | Sohn m Sohnes          | Söhne       | person kin sibling playmate relative adult
daughter    | daughters   | Tochter f              | Töchter     | person kin sibling playmate relative adult
uncle       | uncles      | Onkel m                | Onkel       | person kin relative elder
aunt        | aunts       | Tante f                | Tanten      | person kin relative elder
grandfather | -           | Großvater m            | -           | person kin relative elder
grandmother | -           | Großmutter f           | -           | person kin relative elder
cousin      | cousins     | Cousin m               | Cousins     | person kin sibling relative
friend      | friends     | Freund m Freundes      | Freunde     | person host befriended
boss        | -           | Chef m                 | -           | person kin staff adult
neighbor    | neighbors   | Nachbar/Nachbarn m     | Nachbarn    | person host kin
colleague   | colleagues  | Kollege/Kollegen m     | Kollegen    | person host kin adult
teacher     | teachers    | Lehrer m               | Lehrer      | person staff
doctor      | doctors     | Arzt m Arztes          | Ärzte       | person staff
dentist     | dentists    | Zahnarzt m Zahnarztes  | Zahnärzte   | person staff
waiter      | waiters     | Kellner m              | Kellner     | person human staff
driver      | drivers     | Fahrer m               | Fahrer      | person human staff
salesman    | salesmen    | Verkäufer m            | Verkäufer   | person human staff
tour guide  | tour guides | Reiseleiter m          | Reiseleiter | person human staff
police officer | police officers | Polizist/Polizisten m | Polizisten | person human staff
student     | students    | Student/Studenten m    | Studenten   | person human
tourist     | tourists    | Tourist/Touristen m    | Touristen   | person human
guest       | guests      | Gast m Gastes          | Gäste       | person human
man         | men         | Mann m Mannes          | Männer      | person human
woman       | women       | Frau f                 | Frauen      | person human
boy         | boys        | Junge/Jungen m         | Jungen      | person human minor playmate
girl        | girls       | Mädchen n              | Mädchen     | person human minor playmate
child       | children    | Kind n Kindes          | Kinder      | person human minor playmate
dog         | dogs        | Hund m Hundes          | Hunde       | animal pet
cat         | cats        | Katze f                | Katzen      | animal pet
bird        | birds       | Vogel m                | Vögel       | animal
horse       | horses      | Pferd n Pferdes        | Pferde      | animal
""")

FOOD = read_nouns("""
apple      | apples       | Apfel m                | Äpfel       | food fruit counted
banana     | bananas      | Banane f               | Bananen     | food fruit counted
orange     | oranges      | Orange f               | Orangen     | food fruit counted
strawberry | strawberries | Erdbeere f             | Erdbeeren   | produce
tomato     | tomatoes     | Tomate f               | Tomaten     | food counted produce sliced
potato     | potatoes     | Kartoffel f            | Kartoffeln  | produce sliced boiled
carrot     | carrots      | Karotte f              | Karotten    | food counted produce sliced
onion      | onions       | Zwiebel f              | Zwiebeln    | produce sliced
egg        | eggs         | Ei n Eies              | Eier        | food counted boiled
bread roll | bread rolls  | Brötchen n             | Brötchen    | food counted baked
cookie     | cookies      | Keks m                 | Kekse       | food counted baked
cake       | cakes        | Kuchen m               | Kuchen      | baked
pizza      | pizzas       | Pizza f                | Pizzas      | dish baked counted
sandwich   | sandwiches   | Sandwich n             | Sandwiches  | dish counted
sausage    | sausages     | Würstchen n            | Würstchen   | dish counted
salad      | salads       | Salat m                | Salate      | dish counted
soup       | soups        | Suppe f                | Suppen      | mass dish pot
fish       | -            | Fisch m                | -           | mass dish staple pot
meat       | -            | Fleisch n              | -           | mass staple pot sliced
rice       | -            | Reis m                 | -           | mass staple pot
bread      | -            | Brot n                 | -           | mass staple sliced baked
cheese     | -            | Käse m                 | -           | mass staple sliced
ham        | -            | Schinken m             | -           | mass staple
butter     | -            | Butter f               | -           | mass larder
jam        | -            | Marmelade f            | -           | mass larder
honey      | -            | Honig m                | -           | mass larder
sugar      | -            | Zucker m               | -           | mass larder
salt       | -            | Salz n                 | -           | mass larder
chocolate  | -            | Schokolade f           | -           | mass staple
ice cream  | -            | Eis n                  | -           | mass dessert
coffee     | coffees      | Kaffee m               | Kaffee      | mass drink hot_drink by_cup adult
tea        | teas         | Tee m                  | Tee         | mass drink hot_drink by_cup
water      | waters       | Wasser n               | Wasser      | mass drink cold_drink by_glass
beer       | beers        | Bier n                 | Bier        | mass alcohol by_glass adult
milk       | -            | Milch f                | -           | mass drink cold_drink by_glass
juice      | -            | Saft m                 | -           | mass drink cold_drink by_glass
wine       | -            | Wein m                 | -           | mass alcohol by_glass adult
lemonade   | -            | Limonade f             | -           | mass drink cold_drink by_glass
""")

THINGS = read_nouns("""
book        | books       | Buch n Buches          | Bücher      | text printed thing handy lying goods returned written
novel       | novels      | Roman m                | Romane      | text printed goods returned written
dictionary  | dictionaries | Wörterbuch n Wörterbuches | Wörterbücher | printed thing handy lying goods returned written
newspaper   | newspapers  | Zeitung f              | Zeitungen   | text printed lying kiosk written
magazine    | magazines   | Zeitschrift f          | Zeitschriften | text printed lying kiosk written
story       | stories     | Geschichte f           | Geschichten | text
letter      | letters     | Brief m                | Briefe      | text mail thing lying written
email       | emails      | E-Mail f               | E-Mails     | text mail
message     | messages    | Nachricht f            | Nachrichten | text mail
postcard    | postcards   | Postkarte f            | Postkarten  | mail lying kiosk counted_thing written
stamp       | stamps      | Briefmarke f           | Briefmarken | kiosk counted_thing
ticket      | tickets     | Fahrkarte f            | Fahrkarten  | thing handy lying counted_thing pass written
passport    | passports   | Reisepass m Reisepasses | Reisepässe | thing handy lying pass personal written
form        | forms       | Formular n             | Formulare   | lying paper written
bill        | bills       | Rechnung f             | Rechnungen  | lying paper written
menu        | menus       | Speisekarte f          | Speisekarten | lying
city map    | city maps   | Stadtplan m            | Stadtpläne  | thing handy lying goods kiosk written
dress       | dresses     | Kleid n Kleides        | Kleider     | clothes womens dressed lying goods garment
shirt       | shirts      | Hemd n Hemdes          | Hemden      | clothes dressed lying goods garment
blouse      | blouses     | Bluse f                | Blusen      | clothes womens dressed lying goods garment
skirt       | skirts      | Rock m Rockes          | Röcke       | clothes womens dressed lying goods garment
jacket      | jackets     | Jacke f                | Jacken      | clothes dressed lying goods outdoor garment
coat        | coats       | Mantel m               | Mäntel      | clothes dressed lying goods outdoor garment
sweater     | sweaters    | Pullover m             | Pullover    | clothes dressed lying goods garment
suit        | suits       | Anzug m Anzuges        | Anzüge      | clothes dressed goods
hat         | hats        | Hut m Hutes            | Hüte        | clothes lying goods garment
cap         | caps        | Mütze f                | Mützen      | clothes lying goods
scarf       | scarves     | Schal m                | Schals      | clothes lying goods garment
tie         | ties        | Krawatte f             | Krawatten   | clothes mens lying goods
shoe        | shoes       | Schuh m                | Schuhe      | clothes dressed goods paired
boot        | boots       | Stiefel m              | Stiefel     | clothes dressed goods paired
glove       | gloves      | Handschuh m            | Handschuhe  | clothes dressed goods paired lying garment
sock        | socks       | Socke f                | Socken      | clothes goods paired lying garment
key         | keys        | Schlüssel m            | Schlüssel   | thing handy lying returned
bag         | bags        | Tasche f               | Taschen     | thing handy goods baggage
backpack    | backpacks   | Rucksack m             | Rucksäcke   | thing handy goods baggage
suitcase    | suitcases   | Koffer m               | Koffer      | thing goods baggage upright
wallet      | wallets     | Geldbörse f            | Geldbörsen  | thing handy lying goods personal
umbrella    | umbrellas   | Regenschirm m          | Regenschirme | thing handy lying goods returned
watch       | watches     | Uhr f                  | Uhren       | thing lying goods repairable personal
ring        | rings       | Ring m                 | Ringe       | thing lying goods personal
gift        | gifts       | Geschenk n             | Geschenke   | thing lying
picture     | pictures    | Bild n Bildes          | Bilder      | handy goods
flower      | flowers     | Blume f                | Blumen      | counted_thing
candle      | candles     | Kerze f                | Kerzen      | counted_thing upright
pencil      | pencils     | Bleistift m            | Bleistifte  | thing handy lying counted_thing
towel       | towels      | Handtuch n Handtuches  | Handtücher  | linen lying counted_thing
blanket     | blankets    | Decke f                | Decken      | linen lying
pillow      | pillows     | Kissen n               | Kissen      | linen lying counted_thing
toothbrush  | toothbrushes | Zahnbürste f          | Zahnbürsten | toiletry lying personal
soap        | -           | Seife f                | -           | mass toiletry
pill        | pills       | Tablette f             | Tabletten   | lying
cup         | cups        | Tasse f                | Tassen      | tableware upright
glass       | -           | Glas n                 | -           | tableware upright
bottle      | bottles     | Flasche f              | Flaschen    | upright
plate       | plates      | Teller m               | Teller      | tableware upright
knife       | knives      | Messer n               | Messer      | tableware lying
fork        | forks       | Gabel f                | Gabeln      | tableware lying
spoon       | spoons      | Löffel m               | Löffel      | tableware lying
phone       | phones      | Handy n                | Handys      | thing handy lying goods repairable device personal
camera      | cameras     | Kamera f               | Kameras     | thing handy lying goods repairable device
charger     | chargers    | Ladegerät n            | Ladegeräte  | thing handy lying goods device
guitar      | guitars     | Gitarre f              | Gitarren    | goods owned big_goods
piano       | pianos      | Klavier n              | Klaviere    | goods owned big_goods
computer    | computers   | Computer m             | Computer    | goods owned repairable switched device upright
television  | televisions | Fernseher m            | Fernseher   | goods owned repairable switched upright
lamp        | lamps       | Lampe f                | Lampen      | goods owned repairable switched upright
radio       | radios      | Radio n                | Radios      | goods owned repairable switched upright
refrigerator | refrigerators | Kühlschrank m       | Kühlschränke | goods owned repairable
washing machine | washing machines | Waschmaschine f | Waschmaschinen | goods owned repairable
table       | tables      | Tisch m Tisches        | Tische      | furniture goods owned
chair       | chairs      | Stuhl m                | Stühle      | furniture goods counted_thing
sofa        | sofas       | Sofa n                 | Sofas       | furniture goods owned
wardrobe    | wardrobes   | Schrank m              | Schränke    | furniture goods owned
bookcase    | bookcases   | Bücherregal n          | Bücherregale | furniture goods owned
mirror      | mirrors     | Spiegel m              | Spiegel     | goods owned
carpet      | carpets     | Teppich m              | Teppiche    | goods owned
bed         | beds        | Bett n Bettes          | Betten      | furniture goods
car         | cars        | Auto n                 | Autos       | vehicle big_goods owned repairable rented adult
bicycle     | bicycles    | Fahrrad n Fahrrades    | Fahrräder   | vehicle big_goods owned repairable rented
motorcycle  | motorcycles | Motorrad n Motorrades  | Motorräder  | vehicle big_goods owned repairable adult
boat        | boats       | Boot n Bootes          | Boote       | big_goods rented
""")

SITES = read_nouns("""
kitchen      | kitchens      | Küche f             | Küchen        | chamber
bathroom     | bathrooms     | Badezimmer n        | Badezimmer    | chamber
bedroom      | bedrooms      | Schlafzimmer n      | Schlafzimmer  | chamber
living room  | living rooms  | Wohnzimmer n        | Wohnzimmer    | chamber
basement     | basements     | Keller m            | Keller        | chamber
garage       | garages       | Garage f            | Garagen       | chamber
office       | offices       | Büro n              | Büros         | chamber
balcony      | balconies     | Balkon m            | Balkone       | part
garden       | gardens       | Garten m Gartens    | Gärten        | owned part
room         | rooms         | Zimmer n            | Zimmer        | lodging rented_room
apartment    | apartments    | Wohnung f           | Wohnungen     | home owned
house        | houses        | Haus n              | Häuser        | home owned
window       | windows       | Fenster n           | Fenster       | opening
door         | doors         | Tür f               | Türen         | opening
city         | cities        | Stadt f             | Städte        | site visited town
village      | villages      | Dorf n Dorfes       | Dörfer        | site visited town
museum       | museums       | Museum n            | Museen        | site visited facility sight
church       | churches      | Kirche f            | Kirchen       | site visited facility sight
castle       | castles       | Schloss n           | Schlösser     | site visited sight
tower        | towers        | Turm m Turmes       | Türme         | site sight
bridge       | bridges       | Brücke f            | Brücken       | site sight
park         | parks         | Park m              | Parks         | site visited facility sight
zoo          | zoos          | Zoo m               | Zoos          | site visited facility
island       | islands       | Insel f             | Inseln        | site visited nature
lake         | lakes         | See m               | Seen          | site nature
river        | rivers        | Fluss m             | Flüsse        | site nature
beach        | beaches       | Strand m Strandes   | Strände       | site nature
mountain     | mountains     | Berg m Berges       | Berge         | site nature
forest       | forests       | Wald m Waldes       | Wälder        | site nature
street       | streets       | Straße f            | Straßen       | site
market       | markets       | Markt m Marktes     | Märkte        | site visited public
library      | libraries     | Bibliothek f        | Bibliotheken  | site facility office_hours public
theater      | theaters      | Theater n           | Theater       | site facility public
movie theater | movie theaters | Kino n            | Kinos         | site facility public
school       | schools       | Schule f            | Schulen       | site facility public
university   | universities  | Universität f       | Universitäten | site public
hospital     | hospitals     | Krankenhaus n       | Krankenhäuser | site facility public
bank         | banks         | Bank f              | Banken        | site facility office_hours public errand
post office  | -             | Post f              | -             | site office_hours public
pharmacy     | pharmacies    | Apotheke f          | Apotheken     | site facility office_hours public errand
bakery       | bakeries      | Bäckerei f          | Bäckereien    | site facility office_hours public errand
bookstore    | bookstores    | Buchhandlung f      | Buchhandlungen | site facility office_hours public errand
supermarket  | supermarkets  | Supermarkt m Supermarktes | Supermärkte | site facility office_hours public errand
restaurant   | restaurants   | Restaurant n        | Restaurants   | site facility public errand eatery
café         | cafés         | Café n              | Cafés         | site facility office_hours public errand eatery
hotel        | hotels        | Hotel n             | Hotels        | site facility public lodging
swimming pool | swimming pools | Schwimmbad n Schwimmbades | Schwimmbäder | site facility office_hours public
stadium      | stadiums      | Stadion n           | Stadien       | site public
train station | train stations | Bahnhof m         | Bahnhöfe      | site public
airport      | airports      | Flughafen m Flughafens | Flughäfen  | site public
bus stop     | bus stops     | Bushaltestelle f    | Bushaltestellen | site facility errand
gas station  | gas stations  | Tankstelle f        | Tankstellen   | site facility errand
parking lot  | parking lots  | Parkplatz m         | Parkplätze    | site facility errand
restroom     | restrooms     | Toilette f          | Toiletten     | errand
exit         | exits         | Ausgang m           | Ausgänge      | way
entrance     | entrances     | Eingang m           | Eingänge      | way
elevator     | elevators     | Aufzug m Aufzuges   | Aufzüge       | way
""")

TRAVEL = read_nouns("""
train        | trains        | Zug m Zuges          | Züge           | ride line
bus          | buses         | Bus m Busses         | Busse          | ride line
taxi         | taxis         | Taxi n               | Taxis          | ride
subway       | -             | U-Bahn f             | -              | ride
streetcar    | streetcars    | Straßenbahn f        | Straßenbahnen  | ride
plane        | planes        | Flugzeug n           | Flugzeuge      | flight_craft
ship         | ships         | Schiff n Schiffes    | Schiffe        | craft
flight       | flights       | Flug m Fluges        | Flüge          | booked
trip         | trips         | Reise f              | Reisen         | booked remembered
vacation     | -             | Urlaub m             | -              | awaited remembered
seat         | seats         | Sitzplatz m          | Sitzplätze     | reserved
reservation  | reservations  | Reservierung f       | Reservierungen | matter
appointment  | appointments  | Termin m             | Termine        | matter
concert      | concerts      | Konzert n            | Konzerte       | event awaited
movie        | movies        | Film m               | Filme          | event shown
game         | games         | Spiel n              | Spiele         | event shown
party        | parties       | Party f              | Partys         | event awaited
meeting      | meetings      | Besprechung f        | Besprechungen  | event
course       | courses       | Kurs m               | Kurse          | event
tour         | tours         | Führung f            | Führungen      | event booked
wedding      | weddings      | Hochzeit f           | Hochzeiten     | event awaited remembered
exhibition   | exhibitions   | Ausstellung f        | Ausstellungen  | shown
birthday     | birthdays     | Geburtstag m         | Geburtstage    | own_day
weekend      | weekends      | Wochenende n         | Wochenenden    | awaited
evening      | evenings      | Abend m              | Abende         | remembered
day          | days          | Tag m Tages          | Tage           | unit
hour         | hours         | Stunde f             | Stunden        | unit
minute       | minutes       | Minute f             | Minuten        | unit
week         | weeks         | Woche f              | Wochen         | unit
month        | months        | Monat m              | Monate         | unit
year         | years         | Jahr n Jahres        | Jahre          | unit
""")

IDEAS = read_nouns("""
question     | questions     | Frage f              | Fragen         | matter puzzle asked
answer       | answers       | Antwort f            | Antworten      | puzzle
problem      | problems      | Problem n            | Probleme       | matter puzzle
idea         | ideas         | Idee f               | Ideen          | matter
mistake      | mistakes      | Fehler m             | Fehler         | noticed
word         | words         | Wort n Wortes        | Wörter         | puzzle learned
sentence     | sentences     | Satz m               | Sätze          | puzzle
song         | songs         | Lied n Liedes        | Lieder         | heard learned
address      | addresses     | Adresse f            | Adressen       | fact
phone number | phone numbers | Telefonnummer f      | Telefonnummern | fact
password     | passwords     | Passwort n Passwortes | Passwörter    | fact
name         | names         | Name/Namen m Namens  | Namen          | fact
price        | prices        | Preis m              | Preise         | cause
weather      | -             | Wetter n             | -              | cause
noise        | -             | Lärm m               | -              | cause
rain         | -             | Regen m              | -              | cause
music        | -             | Musik f              | -              | mass interest
art          | -             | Kunst f              | -              | mass interest
sports       | -             | Sport m              | -              | mass interest
luggage      | -             | Gepäck n             | -              | bags
money        | -             | Geld n Geldes        | -              | mass means
time         | -             | Zeit f               | -              | mass means
help         | -             | Hilfe f              | -              | mass means
head         | -             | Kopf m               | -              | body
back         | -             | Rücken m             | -              | body
stomach      | -             | Bauch m              | -              | body
throat       | -             | Hals m               | -              | body
foot         | feet          | Fuß m                | Füße           | body limb
hand         | hands         | Hand f               | Hände          | body limb
arm          | arms          | Arm m                | Arme           | body limb
leg          | legs          | Bein n Beines        | Beine          | body limb
knee         | knees         | Knie n               | Knie           | body limb
ear          | ears          | Ohr n Ohres          | Ohren          | body limb
eye          | eyes          | Auge n               | Augen          | body limb paired
tooth        | teeth         | Zahn m Zahnes        | Zähne          | body
""")

NOUNS = (*PEOPLE, *FOOD, *THINGS, *SITES, *TRAVEL, *IDEAS)
