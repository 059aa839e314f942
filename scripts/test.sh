#!/usr/bin/env bash
# Installs the project with its development tools, then runs all checks: format, lint, types, tests.
# The checks need no network. Arguments go to pytest: bash scripts/test.sh -k beam
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install.sh
install_project "[dev]"

run() { printf '\n== %s\n' "$*"; .venv/bin/python -m "$@"; }
run ruff format --check .
run ruff check .
run mypy
# Two processes, for two cores; the tests of a file share what they train.
run pytest -n 2 --dist loadfile "$@"
