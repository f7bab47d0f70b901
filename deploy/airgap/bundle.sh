#!/bin/sh
# Makes one file with all that an installation needs, for machines without internet. Run it where
# there is internet, on the same kind of machine (architecture, libc, minor version of Python).
# Usage: bundle.sh [--for "workstation nodes serving"] [--images] [--to FOLDER]
#   --for     what setup.sh is to install there; `workstation` if left out
#   --images  the container images of docker-compose.yml, too: they must be built and pulled here
# Beside the file lies its SHA-256: carry it another way, and compare.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
python=${PYTHON:-$(command -v python3.11 || command -v python3)}
profiles=workstation
images=""
to=$root/build
while [ $# -gt 0 ]; do
    case $1 in
    --for) profiles=$2 && shift 2 ;;
    --to) mkdir -p "$2" && to=$(cd -- "$2" && pwd -P) && shift 2 ;;
    --images) images=yes && shift ;;
    *) echo "usage: bundle.sh [--for \"workstation nodes serving\"] [--images] [--to FOLDER]" >&2 && exit 2 ;;
    esac
done

# llama-cpp-python comes as source; with these it is compiled where nothing can be fetched.
tools="scikit-build-core[pyproject] cmake ninja setuptools"

say() { printf '%s\n' "clawdbot: $*"; }
fail() { say "$*" >&2; exit 1; }

# An environment made by setup.sh has no pip; the Python that it was made of may.
find_pip() {
    pip=$python
    "$pip" -m pip --version >/dev/null 2>&1 && return
    pip=$("$python" -c 'import sys; print(sys._base_executable)')
    "$pip" -m pip --version >/dev/null 2>&1 ||
        fail "this Python comes without pip. Install it: apt-get install python3-pip (or name another: PYTHON=...)"
}

# Of every patch release: what is needed before 3.11.3 only is there for 3.11.2, too.
lock_of() {
    case $1 in
    server) awk -f "$root/deploy/without_cuda.awk" "$root/requirements.txt" ;;
    gpu) cat "$root/requirements.txt" ;;
    *) cat "$root/requirements-$1.txt" ;;
    esac | sed "s/ ; python_full_version < '3\.1[0-9]\.[0-9]*' / /"
}

fetch() { # ARGUMENTS of pip
    "$pip" -m pip --disable-pip-version-check download --quiet --no-deps --dest "$made/wheels" "$@"
}

fetch_wheels() {
    for profile in $profiles; do
        say "packages of $profile"
        lock_of "$profile" >"$work/lock.txt"
        fetch -r "$work/lock.txt"
        case $profile in
        serving | server | gpu)
            # shellcheck disable=SC2086  # a list of words
            "$pip" -m pip --disable-pip-version-check download --quiet --dest "$made/wheels" $tools ;;
        esac
        if [ "$profile" = server ]; then
            fetch -r "$root/requirements-training.txt" ||
                fetch -r "$root/requirements-training.txt" \
                    --extra-index-url https://download.pytorch.org/whl/cpu
        fi
    done
}

# What is tracked; where this is no checkout of git, all but what an installation makes.
pack_tree() {
    if git -C "$root" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git -C "$root" -c core.quotePath=false ls-files >"$made/files"
    else
        (cd "$root" && find . -type f ! -path './.venv/*' ! -path './data/*' ! -path './build/*' \
            ! -name '*.pyc' ! -path './clawdbot.yaml' ! -path './clawdbot.restored.yaml' ! -path './.env' \
            ! -path './deploy/compose/secrets/*' | cut -c3-) \
            >"$made/files"
    fi
    tar -C "$root" -czf "$made/tree.tar.gz" -T "$made/files"
}

save_images() {
    found=$(cd "$root" && docker compose config --images | sort -u)
    say "images: $(echo "$found" | tr '\n' ' ')"
    # shellcheck disable=SC2086  # a list of words
    docker save -o "$made/images.tar" $found
}

version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/pyproject.toml")
kind=$("$python" -c 'import platform, sys; print(f"{platform.machine()}-python{sys.version_info[0]}.{sys.version_info[1]}")')
name=clawdbot-$version-$kind
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
made=$work/$name
mkdir -p "$made/wheels" "$to"
pack_tree
find_pip
fetch_wheels
[ -z "$images" ] || save_images
cp "$root/deploy/airgap/install.sh" "$made/"
printf '%s\n' "$kind" "$profiles" >"$made/made-for"
(cd "$made" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs -d '\n' sha256sum >SHA256SUMS)
tar -C "$work" -cf "$to/$name.tar" "$name"
(cd "$to" && sha256sum "$name.tar" >"$name.tar.sha256")
say "made $to/$name.tar ($(du -k "$to/$name.tar" | cut -f1) KB), SHA-256 beside it"
