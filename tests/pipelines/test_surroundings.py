"""Odd surroundings: a locale of ASCII, no HOME, closed streams, paths of many letters."""

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def shell(trained):
    """Run a line of shell beside the trained run; keywords go into its environment, None out."""

    def run(line, *, cwd=trained[0], **changes):
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **changes}
        return subprocess.run(
            ["sh", "-c", line.replace("tmt", f"{sys.executable} -m transformer_mt")],
            cwd=cwd,
            env={name: value for name, value in environment.items() if value is not None},
            capture_output=True,
            timeout=300,
        )

    return run


def test_a_locale_of_ascii_changes_no_text(shell):
    plain = shell("tmt translate 'The old tree – größer' --quiet")
    odd = shell(
        "tmt translate 'The old tree – größer' --quiet",
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert odd.returncode == 0, odd.stderr
    assert odd.stdout == plain.stdout
    wrong = shell("tmt translate x --run 'größer'", LC_ALL="C", PYTHONCOERCECLOCALE="0")
    assert wrong.returncode == 2
    assert b"Traceback" not in wrong.stderr


def test_no_home_is_needed(shell):
    for line in ("tmt translate 'The dog.'", "tmt runs", "tmt info"):
        done = shell(line, HOME=None, XDG_CACHE_HOME=None)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_closed_streams_get_a_message(shell):
    done = shell("tmt translate 'The dog.' >&-")
    assert done.returncode == 2
    assert b"Error: Standard output is closed. Give --output FILE." in done.stderr
    done = shell("tmt translate <&-")
    assert done.returncode == 2
    assert b"Error: Standard input is closed. Give TEXT, or --input FILE." in done.stderr


def test_paths_may_have_spaces_and_umlauts(shell, corpus, tmp_path):
    folder = tmp_path / "Übung 1 – größer"
    shutil.copytree(corpus, folder)
    line = "tmt train --config 'tiny.yaml' --run 'läufe/erster lauf' --set training.max_steps=2"
    done = shell(line, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    assert "tmt translate --run 'läufe/erster lauf'" in done.stderr.decode()
    done = shell("tmt translate --input test.en --output 'über setzung.de'", cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    assert len((folder / "über setzung.de").read_text("utf-8").splitlines()) == 15
    assert shell("tmt evaluate --bleu --quiet", cwd=folder).returncode == 0


def test_forty_columns_are_enough(shell):
    for line in ("tmt runs", "tmt info", "tmt evaluate --bleu --quiet", "tmt --help"):
        done = shell(line, COLUMNS="40")
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
