#!/usr/bin/env bash
# Runs the tests and names the lines of the package that none of them ran, those of commands that
# are killed aside. Takes about twice as long as the tests alone.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install.sh
install_project "[dev]"

.venv/bin/python -m coverage erase
.venv/bin/python -m coverage run -m pytest -n 2 --dist loadfile "$@"
.venv/bin/python -m coverage combine --quiet
.venv/bin/python -m coverage report --fail-under 90
