#!/bin/sh
# Make the checkout ready to run: a virtual environment with exactly what requirements.txt names.
#
#     deploy/bootstrap.sh                what the software needs
#     deploy/bootstrap.sh --tools        and what its tests and linters need
#     deploy/bootstrap.sh --chromium     and the browser the tests drive, and the validator of FHIR
#
# Where it is ready already, nothing is downloaded and nothing is changed.
set -eu
cd "$(dirname "$0")/.."

for_what=${1:-}
python=${PYTHON:-python3}
venv=.venv

say() { printf '%s\n' "$*"; }
give_up() { say "$*" >&2; exit 1; }

# -- Debian packages: installed when root, else the one command is named that installs them

lacking=
packages=
lacks() {
    lacking="$lacking$1 "
    shift
    packages="$packages $*"
}

install_packages() {
    # shellcheck disable=SC2086  # the packages are words
    set -- $packages
    if ! command -v apt-get >/dev/null 2>&1; then
        give_up "${lacking}Install it (on Debian: $*) and start again."
    fi
    if [ "$(id -u)" -ne 0 ]; then
        give_up "${lacking}Install it with: sudo apt-get install $*"
    fi
    say "${lacking}Installing $* …"
    log=$(mktemp "${TMPDIR:-/tmp}/vigil-apt.XXXXXX")
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 ||
        { apt-get update >"$log" 2>&1 &&
            apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; }; }; then
        give_up "$* could not be installed; the first start needs the network ($log says more)."
    fi
    rm -f "$log"
}

works() { "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if ! command -v "$python" >/dev/null 2>&1; then
    lacks "There is no Python here." python3 python3-venv
    [ "$for_what" != "--chromium" ] || packages="$packages libatomic1"
elif ! works && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    lacks "Python's venv module is missing." python3-venv
fi
if [ "$for_what" = "--chromium" ] && [ -z "${VIGIL_CHROMIUM:-}" ] &&
    ! command -v chromium >/dev/null 2>&1; then
    lacks "The browser tests need Chromium." chromium
fi
if [ "$for_what" = "--chromium" ] && ! command -v npm >/dev/null 2>&1; then
    lacks "The tests of what leaves the house as FHIR need Node.js." nodejs npm
fi
# The program that drives it is linked against a library a bare Debian lacks; ask by loading it.
if [ "$for_what" = "--chromium" ] && command -v "$python" >/dev/null 2>&1 &&
    ! "$python" -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null; then
    lacks "The browser's driver needs libatomic." libatomic1
fi
[ -z "$packages" ] || install_packages

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    give_up "Vigil needs Python 3.11 or later; $("$python" --version) is too old. Name a newer one: PYTHON=python3.12 make …"

# -- The virtual environment

# Two commands started together make one environment, one after the other.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$venv.lock"
    flock 9
fi

# Install what a list names, unless this very list is installed already.
install_list() {
    list=$1
    stamp=$venv/$2
    wanted=$("$python" - "$list" <<'END'
import hashlib, pathlib, sys
print(hashlib.sha256(pathlib.Path(sys.argv[1]).read_bytes()).hexdigest(), sys.version.split()[0])
END
    )
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && works; then
        return
    fi
    if ! works; then
        say "Making a virtual environment in $venv …"
        "$python" -m venv --clear "$venv"
    fi
    say "Installing what $list names, each file checked by its digest …"
    # The lists name everything there is to install, and what never runs need not be compiled.
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes \
        --no-input --no-deps --no-compile -r "$list" >"$venv/pip.log" 2>&1 ||
        give_up "The packages could not be installed; the first start needs the network ($venv/pip.log says more)."
    printf '%s\n' "$wanted" >"$stamp"
}

install_list requirements.txt vigil-requirements
if [ -n "$for_what" ]; then
    install_list tests/requirements.txt vigil-tools
fi

# The validator of FHIR: two packages, each checked by the digest its lock names. None of their
# own scripts is run.
install_validator() {
    stamp=$venv/vigil-fhir
    wanted=$(cat tests/fhir/package.json tests/fhir/package-lock.json | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    say "Installing what tests/fhir/package-lock.json names, each file checked by its digest …"
    mkdir -p "$venv/fhir"
    cp tests/fhir/package.json tests/fhir/package-lock.json "$venv/fhir"
    (cd "$venv/fhir" && npm ci --ignore-scripts --no-audit --no-fund) >"$venv/npm.log" 2>&1 ||
        give_up "The validator of FHIR could not be installed; the first start needs the network ($venv/npm.log says more)."
    printf '%s\n' "$wanted" >"$stamp"
}

[ "$for_what" != "--chromium" ] || install_validator
