"""Which languages file names tell, and which they do not."""

from pathlib import Path

import pytest

from transformer_mt.pipelines.file_name_languages import (
    is_well_formed,
    language_of_side,
    languages_of_pairs,
)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("train.en", "en"),
        ("train.tok.de", "de"),
        ("corpus.en-de.en.gz", "en"),
        ("corpus.en-de.de.gz", "de"),
        ("europarl-v7.de-en.de", "de"),
        ("Tatoeba.eng.txt", "eng"),
        ("train_fr.txt", "fr"),
        ("train-fr.txt.gz", "fr"),
        ("de.txt", "de"),
        ("train.de.tok", "de"),
        ("train.pt_BR", "pt_BR"),
        ("train.pt-BR.txt", "pt-BR"),
        ("flores.zho_Hans", "zho_Hans"),
        ("dev.eng_Latn.txt", "eng_Latn"),
        ("news.es-419", "es-419"),
        ("old.txt", None),
        ("new", None),
        ("corpus.src", None),
        ("train.tgt.gz", None),
        ("train.tok", None),
        ("corpus.en-de.src", None),
        ("sentences.txt", None),
        ("my-sentences.txt", None),
        ("train.en.de.clean", None),
        ("train.EN", None),
        ("train.xx", None),
        ("train.v2", None),
        (".gz", None),
    ],
)
def test_one_language(name, language):
    assert language_of_side(Path("some.fr") / name) == language


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        ("en-de.tsv.gz", ("en", "de")),
        ("tatoeba_en_de.tsv", ("en", "de")),
        ("de-en.txt", ("de", "en")),
        ("OpenSubtitles.en-pt_BR.tsv", ("en", "pt_BR")),
        ("pt_BR-en.tsv", ("pt_BR", "en")),
        ("wiki.eng-fra.clean.csv", ("eng", "fra")),
        ("flores.eng_Latn-zho_Hans.tsv", ("eng_Latn", "zho_Hans")),
        ("en_de.train.en_de.jsonl", ("en", "de")),
        ("train.en.de.tsv", ("en", "de")),
        ("pairs.tsv", None),
        ("train.en.tsv", None),
        ("en.train.de.tsv", None),
        ("en-de-fr.tsv", None),
        ("en-de.de-en.tsv", None),
        ("my_en_de.tsv", None),
        ("en-en.tsv", None),
        ("old-new.tsv", None),
        ("src-tgt.tsv", None),
        ("EN-DE.tsv", None),
    ],
)
def test_two_languages(name, languages):
    assert languages_of_pairs(Path("ja-zh") / name) == languages


@pytest.mark.parametrize("code", ["en", "pt-BR", "zho_Hans", "quz", "es-419"])
def test_well_formed(code):
    assert is_well_formed(code)


@pytest.mark.parametrize("code", ["", "e", "../x", "en/de", "en de", "-en", "en-", "a.b"])
def test_not_well_formed(code):
    assert not is_well_formed(code)
