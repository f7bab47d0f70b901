#!/bin/sh
# Installs Clawdbot from the bundle that this file lies in; nothing is fetched from anywhere.
# Usage: install.sh [FOLDER]: where the program goes, ./clawdbot if left out. Over an older version it
# is an upgrade: stop the node first. Data, clawdbot.yaml and secrets in the folder stay.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
to=${1:-clawdbot}

say() { printf '%s\n' "clawdbot: $*"; }
fail() { say "$*" >&2; exit 1; }

check_bundle() {
    (cd "$here" && sha256sum --check --quiet --strict SHA256SUMS >&2) ||
        fail "the bundle is damaged, or was changed; nothing was installed. Copy it anew."
}

find_python() {
    wanted=$(sed -n 1p "$here/made-for")
    for python in "${PYTHON:-}" "python${wanted#*-python}" python3; do
        found=$("$python" -c 'import platform, sys; print(f"{platform.machine()}-python{sys.version_info[0]}.{sys.version_info[1]}")' 2>/dev/null) || continue
        [ "$found" != "$wanted" ] || return 0
    done
    fail "this bundle is for $wanted, which is not here (${found:-no Python}). Install that Python, name" \
        "it (PYTHON=/path/to/python), or make a bundle on a machine like this one."
}

# Files that the older version had and this one has not would stay, and might be loaded.
place_tree() {
    mkdir -p "$to"
    to=$(cd -- "$to" && pwd -P)
    if [ -f "$to/.files" ]; then
        grep -vxFf "$here/files" "$to/.files" | while IFS= read -r gone; do
            rm -f -- "$to/$gone"
        done
    fi
    tar -xzf "$here/tree.tar.gz" -C "$to" --no-same-owner
    cp "$here/files" "$to/.files"
}

install_packages() {
    for profile in $(sed -n 2p "$here/made-for"); do
        PYTHON=$python PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS=$here/wheels \
            PIP_EXTRA_INDEX_URL='' PIP_INDEX_URL='' sh "$to/deploy/setup.sh" "$profile"
    done
}

load_images() {
    if [ -f "$here/images.tar" ]; then
        docker load --input "$here/images.tar"
    fi
}

check_bundle
find_python
place_tree
install_packages
load_images
say "installed in $to; start it: cd $to && .venv/bin/clawdbot up"
