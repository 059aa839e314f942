"""Properties that every sentence of the built-in corpus has, in English and in German."""

import re
from collections import Counter, defaultdict

import pytest

from transformer_mt.data.phrasebook.constituents import AUXILIARIES
from transformer_mt.data.phrasebook.generate import draw_phrases
from transformer_mt.data.phrasebook.lexicon import LANGUAGES, MODALS, NOUNS, REFLEXIVES, VERBS

PERSONS = ("first", "third", "plural")


@pytest.fixture(scope="module")
def all_phrases():
    return draw_phrases()


def words(text):
    return re.findall(r"[\w'-]+", text)


def test_sentences_are_capitalised_punctuated_and_spaced(all_phrases):
    for phrase in all_phrases:
        for text in (phrase.source, phrase.target):
            assert re.fullmatch(r"[A-ZÄÖÜ][^.?!]*[.?]", text), text
            assert not re.search(r"\s\s|\s[,.?]|,\S", text), text
        assert phrase.source.endswith("?") == phrase.target.endswith("?")


def test_questions_begin_with_a_verb_or_a_question_word(all_phrases):
    question_words = {"Wann", "Wo", "Warum", "Was", "Wer", "Wen", "Wem", "Wie", "Mit", "Auf"}
    question_words |= {"Woher", "Welcher", "Welche", "Welches", "Welchen", "Welchem"}
    verbs = {form.capitalize() for form in finite_verbs()} | {"Gibt", "Könnten", "Wird"}
    for phrase in all_phrases:
        if phrase.target.endswith("?"):
            assert words(phrase.target)[0] in question_words | verbs, phrase


def test_english_an_stands_before_vowels_and_a_before_consonants(all_phrases):
    for phrase in all_phrases:
        # "university" begins with a consonant sound, "hour" with a vowel sound
        text = phrase.source.replace("university", "_university").replace("hour", "our")
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", text, re.IGNORECASE), phrase


def test_english_verbs_agree_with_pronouns(all_phrases):
    base = {verb.english.split()[0] for verb in VERBS} | {"am", "are", "have", "do", "want"}
    third = {verb.english_third.split()[0] for verb in VERBS} | {"is", "has", "does", "wants"}
    past = {verb.english_past.split()[0] for verb in VERBS}
    seen = Counter()
    for phrase in all_phrases:
        adverbs = r" (often|sometimes|always|rarely|usually)\b"
        pronoun, verb = re.sub(adverbs, "", phrase.source).split()[:2]
        if pronoun in ("He", "She"):
            assert verb not in base - past - third, phrase
            seen[verb in third] += 1
        elif pronoun in ("I", "We", "You", "They"):
            assert verb not in third, phrase
            assert verb != "am" or pronoun == "I", phrase
            seen[verb in base] += 1
    assert seen[True] > 1_000


def test_you_is_the_formal_sie(all_phrases):
    for phrase in all_phrases:
        polite = re.search(r"\b(you|your)\b", phrase.source, re.IGNORECASE)
        inner = phrase.target[0].lower() + phrase.target[1:]
        german = re.search(r"\b(Sie|Ihnen|Ihr(e|en|em|er|es)?)\b", inner)
        assert not re.search(r"\b([Dd]u|[Ee]uch|[Dd]ein\w*|[Ee]uer)\b", phrase.target)
        if german:
            imperative = phrase.source.startswith(("Please", "Let us", "Turn", "Go"))
            assert polite or imperative, phrase
        if polite and not german:
            assert re.match(r"(Sie|Ihr\w*) ", phrase.target), phrase


def finite_verbs():
    forms = {form for verb in AUXILIARIES.values() for form in verb.values()}
    forms |= {form for modal in MODALS for form in modal.german.values()}
    for verb in (*VERBS, *REFLEXIVES):
        forms |= {verb.german_present(person) for person in PERSONS}
        forms |= {verb.prefix + verb.german_present(person) for person in PERSONS}
    return forms


def test_subordinate_clauses_follow_a_comma_and_end_in_the_finite_verb(all_phrases):
    finite = finite_verbs() | {"regnet"}
    conjunctions = ("weil", "dass", "wenn", "ob", "obwohl", "während", "bevor")
    inner = "|".join(conjunctions)
    initial = "|".join(word.capitalize() for word in conjunctions)
    seen = Counter()
    for phrase in all_phrases:
        if not re.search("während (der|des|dieser|dieses) ", phrase.target):
            assert not re.search(rf"[^,] ({inner})\b", phrase.target), phrase
        clause = re.search(rf"(?:, ({inner})|^({initial})) ([^,.?]*)[,.?]", phrase.target)
        if clause:
            seen[(clause[1] or clause[2]).lower()] += 1
            assert words(clause[3])[-1] in finite, phrase
        if clause and clause[2]:
            after = phrase.target.split(", ")[1].split()[0]
            assert after in finite, phrase
    assert min(seen[conjunction] for conjunction in conjunctions) > 200


def test_indirect_questions_and_relative_clauses_end_in_the_finite_verb(all_phrases):
    finite = finite_verbs()
    seen = Counter()
    for phrase in all_phrases:
        if phrase.pattern in ("indirect_question", "relative_object", "relative_subject"):
            clause = re.search(r", (wo|wann|der|die|das|den) ([^,.?]*)[.?]", phrase.target)
            seen[clause[1]] += 1
            assert words(clause[2])[-1] in finite, phrase
    assert min(seen[word] for word in ("wo", "wann", "der", "die", "das", "den")) > 50


def test_questions_with_a_question_word_have_the_verb_second(all_phrases):
    finite = finite_verbs()
    seen = 0
    for phrase in all_phrases:
        tokens = words(phrase.target)
        if phrase.target.endswith("?") and tokens[0] in ("Wo", "Wann", "Warum", "Woher", "Wer"):
            seen += 1
            assert tokens[1] in finite, phrase
    assert seen > 1_000


def test_um_zu_clauses_end_in_the_infinitive(all_phrases):
    infinitives = {verb.zu_infinitive for verb in VERBS}
    clauses = [re.search(r", um (.*)\.", phrase.target) for phrase in all_phrases]
    ends = [clause[1] for clause in clauses if clause]
    assert len(ends) > 200
    assert all(any(end.endswith(infinitive) for infinitive in infinitives) for end in ends)


def test_separable_prefixes_and_participles_close_main_clauses(all_phrases):
    participles = {verb.participle for verb in VERBS}
    prefixes = {verb.prefix for verb in VERBS if verb.prefix} - {"weh"}
    counts = Counter()
    for phrase in all_phrases:
        if phrase.pattern in ("separable_verb", "past"):
            last = words(phrase.target)[-1]
            assert last in (prefixes if phrase.pattern == "separable_verb" else participles), phrase
            counts[last] += 1
    assert set(counts) > prefixes


def test_kein_stands_before_nouns_and_adjectives_and_never_with_nicht(all_phrases):
    determiners = {"der", "die", "das", "den", "dem"} | {
        stem + ending
        for stem in ("ein", "mein", "sein", "ihr", "unser", "Ihr")
        for ending in ("", "e", "en", "em", "er")
    }
    nouns = {form for noun in NOUNS for form in (noun.german, noun.german_oblique)}
    nouns |= {noun.german_plural for noun in NOUNS} | {german for _, german in LANGUAGES}
    seen = 0
    for phrase in all_phrases:
        match = re.search(r"\bkein(e|en)? (\S+)(?: (\S+))?", phrase.target.rstrip(".?"))
        if match:
            seen += 1
            assert match[2] not in determiners, phrase
            assert match[2].rstrip(",") in nouns or match[3] in nouns, phrase
            assert "nicht" not in words(phrase.target), phrase
    assert seen > 300


def test_nicht_never_stands_right_before_an_object_with_an_article(all_phrases):
    for phrase in all_phrases:
        if phrase.pattern == "identity":  # Das ist nicht der richtige Zug: no object
            continue
        assert not re.search(r"\bnicht (eine[mn]?|der|die|das|den)\b", phrase.target), phrase


# What each determiner may stand before, in any case.
GENDERS = {
    "m f": "der",
    "f plural": "die meine seine unsere keine",
    "n": "das",
    "m plural": "den meinen seinen unseren",
    "m n": "dem ein kein mein einem meinem seinem unserem ihrem",
    "m": "einen keinen",
    "f": "eine einer meiner seiner unserer ihrer",
    "plural": "zwei vier sechs neun zwölf",
}
NUMBERS = GENDERS["plural"].split()
ALLOWED = {
    determiner: set(genders.split())
    for genders, determiners in GENDERS.items()
    for determiner in determiners.split()
}


def test_determiners_agree_with_the_gender_and_number_of_their_nouns(all_phrases):
    genders = defaultdict(set)
    for noun in NOUNS:
        genders[noun.german].add(noun.gender)
        genders[noun.german_oblique].add(noun.gender)
        genders[noun.german_plural].add("plural")
        genders[noun.german_plural + "n"].add("plural")
    seen = Counter()
    for phrase in all_phrases:
        tokens = words(phrase.target)
        for before, word, noun in zip(["", *tokens], tokens, tokens[1:], strict=False):
            determiner = word.lower()
            if before in ("um", "nach", "vor", "halb") and determiner in NUMBERS:
                continue  # a time: um halb sechs Brot
            if determiner in ALLOWED and noun in genders and noun != "Uhr":  # sechs Uhr
                seen[determiner] += 1
                assert genders[noun] & ALLOWED[determiner], phrase
    assert set(seen) == set(ALLOWED)
