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
step tmt translate "Does Anna read the old book?" "I would like to buy two red apples." \
    "We are not visiting the museum tomorrow."
step tmt evaluate --bleu
