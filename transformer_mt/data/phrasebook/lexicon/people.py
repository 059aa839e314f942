"""Pronouns, first names, professions, countries and languages."""

from transformer_mt.data.phrasebook.tables import read_pronouns, read_rows

# English | German | agreement | object: English, accusative, dative | possessive | reflexive
PRONOUNS = read_pronouns("""
I    | ich | first  | me mich mir      | my mein     | mich
we   | wir | plural | us uns uns       | our unser   | uns
you  | Sie | plural | you Sie Ihnen    | your Ihr    | sich
he   | er  | third  | him ihn ihm      | his sein    | sich
she  | sie | third  | her sie ihr      | her ihr     | sich
they | sie | plural | them sie ihnen   | their ihr   | sich
""")

# First names are the same in both languages; the second word is the pronoun that resumes them.
NAMES = (
    ("Anna", "she"),
    ("Maria", "she"),
    ("Julia", "she"),
    ("Peter", "he"),
    ("Paul", "he"),
    ("Martin", "he"),
)

# English of men and of women | German of men | of women
PROFESSIONS = tuple(
    (english, german, feminine)
    for english, german, feminine in read_rows("""
doctor     | Arzt        | Ärztin
teacher    | Lehrer      | Lehrerin
dentist    | Zahnarzt    | Zahnärztin
lawyer     | Anwalt      | Anwältin
engineer   | Ingenieur   | Ingenieurin
journalist | Journalist  | Journalistin
cook       | Koch        | Köchin
baker      | Bäcker      | Bäckerin
pilot      | Pilot       | Pilotin
architect  | Architekt   | Architektin
tour guide | Reiseleiter | Reiseleiterin
musician   | Musiker     | Musikerin
""")
)

# English | German, which are nouns: one speaks and learns them
LANGUAGES = tuple(
    (english, german)
    for english, german in read_rows("""
German  | Deutsch
English | Englisch
French  | Französisch
Spanish | Spanisch
Italian | Italienisch
Swedish | Schwedisch
""")
)

# where one comes from, English | German
ORIGINS = tuple(
    (english, german)
    for english, german in read_rows("""
Germany     | Deutschland
Austria     | Österreich
Switzerland | der Schweiz
Italy       | Italien
France      | Frankreich
Spain       | Spanien
Sweden      | Schweden
Berlin      | Berlin
Hamburg     | Hamburg
Munich      | München
Cologne     | Köln
Vienna      | Wien
London      | London
Paris       | Paris
Rome        | Rom
""")
)
