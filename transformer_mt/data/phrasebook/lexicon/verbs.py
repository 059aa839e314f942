"""The verbs and the modal verbs, one line each."""

from transformer_mt.data.phrasebook.tables import read_modals, read_verbs

# base, third person, -ing, past | infinitive (separable: ·), ich, er, participle | government
VERBS = read_verbs("""
buy, buys, buying, bought                     | kaufen, kaufe, kauft, gekauft               | acc
sell, sells, selling, sold                    | verkaufen, verkaufe, verkauft, verkauft     | acc
eat, eats, eating, ate                        | essen, esse, isst, gegessen                 | acc
drink, drinks, drinking, drank                | trinken, trinke, trinkt, getrunken          | acc
read, reads, reading, read                    | lesen, lese, liest, gelesen                 | acc
write, writes, writing, wrote                 | schreiben, schreibe, schreibt, geschrieben  | acc
cook, cooks, cooking, cooked                  | kochen, koche, kocht, gekocht               | acc
bake, bakes, baking, baked                    | backen, backe, backt, gebacken              | acc
cut, cuts, cutting, cut                       | schneiden, schneide, schneidet, geschnitten | acc
see, sees, seeing, saw                        | sehen, sehe, sieht, gesehen                 | acc
look for, looks for, looking for, looked for  | suchen, suche, sucht, gesucht               | acc
find, finds, finding, found                   | finden, finde, findet, gefunden             | acc
lose, loses, losing, lost                     | verlieren, verliere, verliert, verloren     | acc
forget, forgets, forgetting, forgot           | vergessen, vergesse, vergisst, vergessen    | acc
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
belong to, belongs to, belonging to, belonged to | gehören, gehöre, gehört, gehört          | dat
fit, fits, fitting, fit                       | passen, passe, passt, gepasst               | dat
open, opens, opening, opened                  | öffnen, öffne, öffnet, geöffnet             | acc
close, closes, closing, closed                | schließen, schließe, schließt, geschlossen  | acc
repair, repairs, repairing, repaired          | reparieren, repariere, repariert, repariert | acc
order, orders, ordering, ordered              | bestellen, bestelle, bestellt, bestellt     | acc
pay, pays, paying, paid                       | bezahlen, bezahle, bezahlt, bezahlt         | acc
book, books, booking, booked                  | buchen, buche, bucht, gebucht               | acc
reserve, reserves, reserving, reserved        | reservieren, reserviere, reserviert, reserviert | acc
rent, rents, renting, rented                  | mieten, miete, mietet, gemietet             | acc
take, takes, taking, took                     | nehmen, nehme, nimmt, genommen              | acc
miss, misses, missing, missed                 | verpassen, verpasse, verpasst, verpasst     | acc
use, uses, using, used                        | benutzen, benutze, benutzt, benutzt         | acc
understand, understands, understanding, understood | verstehen, verstehe, versteht, verstanden | acc
learn, learns, learning, learned              | lernen, lerne, lernt, gelernt               | acc
listen to, listens to, listening to, listened to | hören, höre, hört, gehört                | acc
answer, answers, answering, answered          | beantworten, beantworte, beantwortet, beantwortet | acc
sign, signs, signing, signed                  | unterschreiben, unterschreibe, unterschreibt, unterschrieben | acc
recommend, recommends, recommending, recommended | empfehlen, empfehle, empfiehlt, empfohlen | acc
clean, cleans, cleaning, cleaned              | putzen, putze, putzt, geputzt               | acc
wash, washes, washing, washed                 | waschen, wasche, wäscht, gewaschen          | acc
wake up, wakes up, waking up, woke up         | wecken, wecke, weckt, geweckt               | acc
feed, feeds, feeding, fed                     | füttern, füttere, füttert, gefüttert        | acc
wear, wears, wearing, wore                    | tragen, trage, trägt, getragen              | acc
give, gives, giving, gave                     | geben, gebe, gibt, gegeben                  | acc
lend, lends, lending, lent                    | leihen, leihe, leiht, geliehen              | acc
show, shows, showing, showed                  | zeigen, zeige, zeigt, gezeigt               | acc
send, sends, sending, sent                    | schicken, schicke, schickt, geschickt       | acc
make, makes, making, made                     | machen, mache, macht, gemacht               | acc
bring, brings, bringing, brought              | bringen, bringe, bringt, gebracht           | acc
wish, wishes, wishing, wished                 | wünschen, wünsche, wünscht, gewünscht       | acc
pack, packs, packing, packed                  | packen, packe, packt, gepackt               | acc
put, puts, putting, put                       | legen, lege, legt, gelegt                   | acc
put, puts, putting, put                       | stellen, stelle, stellt, gestellt           | acc
call, calls, calling, called                  | an·rufen, rufe, ruft, angerufen             | acc
call, calls, calling, called                  | rufen, rufe, ruft, gerufen                  | acc
pick up, picks up, picking up, picked up      | ab·holen, hole, holt, abgeholt              | acc
invite, invites, inviting, invited            | ein·laden, lade, lädt, eingeladen           | acc
tidy up, tidies up, tidying up, tidied up     | auf·räumen, räume, räumt, aufgeräumt        | acc
pack, packs, packing, packed                  | ein·packen, packe, packt, eingepackt        | acc
put on, puts on, putting on, put on           | an·ziehen, ziehe, zieht, angezogen          | acc
take off, takes off, taking off, took off     | aus·ziehen, ziehe, zieht, ausgezogen        | acc
try on, tries on, trying on, tried on         | an·probieren, probiere, probiert, anprobiert | acc
turn on, turns on, turning on, turned on      | an·machen, mache, macht, angemacht          | acc
turn off, turns off, turning off, turned off  | aus·machen, mache, macht, ausgemacht        | acc
fill out, fills out, filling out, filled out  | aus·füllen, fülle, füllt, ausgefüllt        | acc
return, returns, returning, returned          | zurück·geben, gebe, gibt, zurückgegeben     | acc
wait for, waits for, waiting for, waited for  | warten, warte, wartet, gewartet             | auf acc
talk to, talks to, talking to, talked to      | sprechen, spreche, spricht, gesprochen      | mit dat
play with, plays with, playing with, played with | spielen, spiele, spielt, gespielt        | mit dat
stay, stays, staying, stayed                  | bleiben, bleibe, bleibt, ist geblieben      | -
lie, lies, lying, lay                         | liegen, liege, liegt, gelegen               | -
stand, stands, standing, stood                | stehen, stehe, steht, gestanden             | -
go, goes, going, went                         | gehen, gehe, geht, ist gegangen             | -
drive, drives, driving, drove                 | fahren, fahre, fährt, ist gefahren          | -
fly, flies, flying, flew                      | fliegen, fliege, fliegt, ist geflogen       | -
travel, travels, traveling, traveled          | reisen, reise, reist, ist gereist           | -
cost, costs, costing, cost                    | kosten, koste, kostet, gekostet             | -
taste, tastes, tasting, tasted                | schmecken, schmecke, schmeckt, geschmeckt   | -
hurt, hurts, hurting, hurt                    | weh·tun, tue, tut, wehgetan                 | -
know, knows, knowing, knew                    | wissen, weiß, weiß, gewusst                 | -
believe, believes, believing, believed        | glauben, glaube, glaubt, geglaubt           | -
hope, hopes, hoping, hoped                    | hoffen, hoffe, hofft, gehofft               | -
say, says, saying, said                       | sagen, sage, sagt, gesagt                   | -
try, tries, trying, tried                     | versuchen, versuche, versucht, versucht     | -
become, becomes, becoming, became             | werden, werde, wird, ist geworden           | -
begin, begins, beginning, began               | beginnen, beginne, beginnt, begonnen        | -
end, ends, ending, ended                      | enden, ende, endet, geendet                 | -
land, lands, landing, landed                  | landen, lande, landet, ist gelandet         | -
leave, leaves, leaving, left                  | ab·fahren, fahre, fährt, ist abgefahren     | -
arrive, arrives, arriving, arrived            | an·kommen, komme, kommt, ist angekommen     | -
come, comes, coming, came                     | kommen, komme, kommt, ist gekommen          | -
live, lives, living, lived                    | wohnen, wohne, wohnt, gewohnt               | -
work, works, working, worked                  | arbeiten, arbeite, arbeitet, gearbeitet     | -
sleep, sleeps, sleeping, slept                | schlafen, schlafe, schläft, geschlafen      | -
get up, gets up, getting up, got up           | auf·stehen, stehe, steht, ist aufgestanden  | -
have breakfast, has breakfast, having breakfast, had breakfast | frühstücken, frühstücke, frühstückt, gefrühstückt | -
take a shower, takes a shower, taking a shower, took a shower | duschen, dusche, duscht, geduscht | -
swim, swims, swimming, swam                   | schwimmen, schwimme, schwimmt, ist geschwommen | -
dance, dances, dancing, danced                | tanzen, tanze, tanzt, getanzt               | -
sing, sings, singing, sang                    | singen, singe, singt, gesungen              | -
study, studies, studying, studied             | studieren, studiere, studiert, studiert     | -
smoke, smokes, smoking, smoked                | rauchen, rauche, raucht, geraucht           | -
park, parks, parking, parked                  | parken, parke, parkt, geparkt               | -
take pictures, takes pictures, taking pictures, took pictures | fotografieren, fotografiere, fotografiert, fotografiert | -
talk on the phone, talks on the phone, talking on the phone, talked on the phone | telefonieren, telefoniere, telefoniert, telefoniert | -
""")

# Always with a reflexive pronoun in the accusative. "Be interested" is said by the -ing form.
REFLEXIVES = read_verbs("""
look forward to, looks forward to, looking forward to, looked forward to | freuen, freue, freut, gefreut | auf acc
be interested in, -, interested in, -         | interessieren, interessiere, interessiert, interessiert | für acc
remember, remembers, remembering, remembered  | erinnern, erinnere, erinnert, erinnert      | an acc
complain about, complains about, complaining about, complained about | beschweren, beschwere, beschwert, beschwert | über acc
take care of, takes care of, taking care of, took care of | kümmern, kümmere, kümmert, gekümmert | um acc
""")

# English auxiliary | English verb, third person | ich, er, wir
MODALS = read_modals("""
can    | -                     | kann, kann, können
should | -                     | sollte, sollte, sollten
would  | like to               | möchte, möchte, möchten
-      | have to, has to       | muss, muss, müssen
-      | want to, wants to     | will, will, wollen
""")
