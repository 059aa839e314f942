# Sourced by demo.sh and test.sh: makes .venv and installs the project into it.
# usage: install_project EXTRAS   (EXTRAS: "" or "[dev]")
# Does nothing, and needs no network, where the same was installed before.

install_project() {
    local python=${PYTHON:-python3} extras=$1 stamp=.venv/.installed$1 wanted
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        echo "Python 3.11 or newer is needed; $python is $("$python" --version 2>&1)." >&2
        echo "Name another one: PYTHON=python3.12 bash $0" >&2
        return 2
    fi
    wanted=$(cat pyproject.toml constraints.txt | sha256sum)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return 0
    fi
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    echo "Installing into .venv …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --constraint constraints.txt --editable ".$extras"
    echo "$wanted" > "$stamp"
}
