#!/bin/sh
# Make the checkout ready to run: a virtual environment with exactly what requirements.txt names.
#
#     deploy/bootstrap.sh                what the software needs
#     deploy/bootstrap.sh --chromium     and the browser its tests drive
#
# Where it is ready already, nothing is downloaded and nothing is changed.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
venv=.venv
stamp=$venv/vigil-requirements

say() { printf '%s\n' "$*"; }
give_up() { say "$*" >&2; exit 1; }

# Install Debian packages when root, or name the one command that does.
need_packages() {
    why=$1
    shift
    if ! command -v apt-get >/dev/null 2>&1; then
        give_up "$why Install it (on Debian the package is called $*) and start again."
    fi
    if [ "$(id -u)" -ne 0 ]; then
        give_up "$why Install it with: sudo apt-get install $*"
    fi
    say "$why Installing $* …"
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get install -y --no-install-recommends "$@" >"$log" 2>&1 ||
        { apt-get update >"$log" 2>&1 &&
            apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1; }; }; then
        tail -n 15 "$log" >&2
        give_up "apt-get could not install $*; its last words are above."
    fi
    rm -f "$log"
}

command -v "$python" >/dev/null 2>&1 ||
    need_packages "There is no Python here." python3 python3-venv
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    give_up "Vigil needs Python 3.11 or later; $("$python" --version) is too old. Name a newer one: PYTHON=python3.12 make …"

wanted=$("$python" - <<'END'
import hashlib, pathlib, sys
print(hashlib.sha256(pathlib.Path("requirements.txt").read_bytes()).hexdigest(), sys.version.split()[0])
END
)

# Two commands started together make one environment, one after the other.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$venv.lock"
    flock 9
fi

is_ready() { [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null; }

if ! is_ready; then
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        need_packages "Python's venv module is missing." python3-venv
    if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        say "Making a virtual environment in $venv …"
        "$python" -m venv --clear "$venv"
    fi
    say "Installing what requirements.txt names, each file checked by its digest …"
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes \
        --no-input -r requirements.txt ||
        give_up "The packages could not be installed. The first start needs the network; later ones do not."
    printf '%s\n' "$wanted" >"$stamp"
fi

if [ "${1:-}" = "--chromium" ] && [ -z "${VIGIL_CHROMIUM:-}" ] &&
    ! command -v chromium >/dev/null 2>&1; then
    need_packages "The browser tests need Chromium." chromium
fi
