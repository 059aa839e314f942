#!/usr/bin/env bash
# Installs, trains on the built-in English-German phrasebook, translates and evaluates.
# Needs Python 3.11 or newer with pip, and some minutes; everything lands in .venv and runs/.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install.sh
install_project ""

step() { printf '\n$ %s\n' "$*"; "$@"; }
tmt() { .venv/bin/tmt "$@"; }

step tmt train
# Three sentences of the test split: none of their combinations of words was in training.
step tmt translate "Our doctor looked for the keys in the garage." \
    "Could you please bring him a white flower?" \
    "I have no time because I have to buy the flower."
step tmt evaluate --bleu
