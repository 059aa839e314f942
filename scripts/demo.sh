#!/usr/bin/env bash
# Installs, trains on the built-in English-German phrasebook, translates and evaluates.
# Needs Python 3.11 or newer with pip, and some minutes; everything lands in .venv and runs/.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install.sh
install_project ""

step() {  # shows a command as one would type it, and runs it
    local word
    printf '\n$'
    for word in "$@"; do
        case $word in *' '*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
    "$@"
}
tmt() { .venv/bin/tmt "$@"; }

step tmt train
# Three sentences of the test split: none of their combinations of words was in training.
step tmt translate "Where is the train station?" \
    "We would like two coffees, please." \
    "If the weather is bad, he will clean the kitchen."
step tmt evaluate --bleu
