#!/bin/sh
# Make .venv: find Python, install one lock, slim it, place the `clawdbot` command.
# Usage: deploy/setup.sh workstation|nodes|serving|server|gpu|dev; `nodes` and `serving` add to what is
# there; `server` is everything on processors, `gpu` everything on NVIDIA's. Plain POSIX sh: it must run
# where nothing is installed.
set -u

profile=${1:-workstation}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=$root/.venv
lock=$root/requirements-$profile.txt
log=$root/.venv/install.log
stamp=$venv/.installed-$profile
need_kb=700000
training=""
compiles=""
adds="" # packages to those that are there, and changes none
case $profile in
nodes) adds=yes ;;
serving)
    need_kb=1500000
    adds=yes
    compiles=yes
    ;;
dev)
    compiles=yes
    need_kb=2600000
    training=$root/requirements-training.txt # PyTorch: 190 MB to load, 760 MB on the disk
    ;;
server)
    compiles=yes
    need_kb=4000000
    lock=$root/requirements.txt
    training=$root/requirements-training.txt
    ;;
gpu)
    compiles=yes
    need_kb=12000000
    lock=$root/requirements.txt
    CMAKE_ARGS="-DGGML_CUDA=on ${CMAKE_ARGS:-}"
    ;;
esac

say() { printf '%s\n' "clawdbot: $*"; }
fail() { say "$*" >&2; exit 1; }

is_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_python "$PYTHON" && command -v "$PYTHON" && return 0
        return 1
    fi
    for name in python3.11 python3.12 python3.13 python3.14 python3 python; do
        if is_python "$name"; then command -v "$name"; return 0; fi
    done
    return 1
}

refuse_python() {
    found=$("${PYTHON:-python3}" --version 2>&1) || found="no ${PYTHON:-python3}"
    fail "Python 3.11 or newer is needed, found: $found." \
        "Install it (Debian: apt-get install python3.11) or name it: make up PYTHON=/path/to/python3.11"
}

# llama-cpp-python is compiled here, with what this machine's processor can do.
check_compiler() {
    for name in cc c++; do
        command -v "$name" >/dev/null || fail "model servers need a C++ compiler, and there is no $name." \
            "Install one (Debian: apt-get install build-essential), then run the command again."
    done
    flags=$(sh "$root/deploy/llama_flags.sh")
    CMAKE_ARGS="${CMAKE_ARGS:-} -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF"
    CMAKE_ARGS="$CMAKE_ARGS -DLLAMA_BUILD_TESTS=OFF -DCMAKE_C_FLAGS='$flags' -DCMAKE_CXX_FLAGS='$flags'"
    CMAKE_BUILD_PARALLEL_LEVEL=$(nproc 2>/dev/null || echo 2)
    export CMAKE_ARGS CMAKE_BUILD_PARALLEL_LEVEL
}

wanted_stamp() {
    cksum "$lock" ${training:+"$training"} "$root/deploy/slim.py" "$root/deploy/setup.sh" | cut -d' ' -f1,2
}

is_installed() {
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(wanted_stamp)" ] && is_python "$venv/bin/python"
}

check_place() {
    [ -w "$root" ] || fail "$root cannot be written to. Clone into a folder of your own."
    free_kb=$(df -Pk "$root" | awk 'NR == 2 {print $4}')
    [ "${free_kb:-$need_kb}" -ge "$need_kb" ] || fail "the disk of $root has $((free_kb / 1000)) MB free," \
        "the installation needs $((need_kb / 1000)) MB. Free some space, then run the command again."
}

# Packages changed under a running node would be loaded half old, half new.
check_no_node() {
    seen=$({ cat /proc/[0-9]*/cmdline || ps -axo command; } 2>/dev/null | tr '\0' ' ')
    case $seen in
    *"$venv/bin/python -P -m supervisor.supervisord"* | *"$venv/bin/python -P -m clawdbot_site.supervision.daemon"*)
        fail "this version needs other packages, and a node is running on those in $venv." \
            "Stop it, then run the command again: $venv/bin/clawdbot stop" ;;
    esac
}

make_venv() {
    is_python "$venv/bin/python" && return
    python=$(find_python) || refuse_python
    "$python" -c 'import venv' 2>/dev/null || fail "this Python has no venv module." \
        "Install it: apt-get install python3-venv"
    "$python" -m venv --clear --without-pip "$venv" || fail "$venv could not be created."
}

# pip is borrowed (from the Python outside, or for a moment from ensurepip), so that none stays.
find_pip() {
    python=$("$venv/bin/python" -c 'import sys; print(sys._base_executable)')
    if "$python" -m pip --python "$venv/bin/python" --version >/dev/null 2>&1; then
        return 0
    fi
    python=$venv/bin/python
    "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >"$log" 2>&1 || fail \
        "this Python comes without pip. Install it: apt-get install python3-venv (or python3-pip)"
}

explain_pip() {
    case $(tail -c 20000 "$log") in
    *"No space left"*) fail "the disk is full. Free some space, then run the command again." ;;
    *"THESE PACKAGES DO NOT MATCH THE HASHES"*)
        fail "a downloaded package is not the one that was locked; nothing was installed. See $log" ;;
    *"Failed to establish"* | *NewConnectionError* | *"Temporary failure"* | *"timed out"* | \
        *NameResolution* | *"Connection refused"* | *ProxyError* | *"Network is unreachable"*)
        fail "the package registry could not be reached. Check the network or the proxy, or name a" \
            "mirror: PIP_INDEX_URL=https://mirror/simple make up. Details: $log" ;;
    esac
    fail "the packages could not be installed: $(grep '^ERROR' "$log" | head -1 | cut -c1-200)." \
        "Details: $log"
}

pip_install() {
    set -- install --no-deps --no-compile --quiet --retries 2 --disable-pip-version-check "$@"
    if [ "$python" = "$venv/bin/python" ]; then
        "$python" -m pip "$@" >"$log" 2>&1
    else
        "$python" -m pip --python "$venv/bin/python" "$@" >"$log" 2>&1
    fi
}

install_packages() {
    took="about a minute"
    [ -z "$compiles" ] || took="llama.cpp is compiled: about 5 minutes on 2 cores"
    say "installing packages into .venv ($took; only the first time)"
    pip_install -r "$(wanted_lock)" || explain_pip
    [ "$python" != "$venv/bin/python" ] || [ "$profile" != workstation ] ||
        "$python" -m pip uninstall -qy pip setuptools >>"$log" 2>&1
}

wanted_lock() {
    if [ "$profile" != server ]; then
        echo "$lock"
        return
    fi
    awk -f "$root/deploy/without_cuda.awk" "$lock" >"$venv/server.txt"
    echo "$venv/server.txt"
}

# PyTorch without CUDA is not on PyPI: from where pip is told to look, else from PyTorch's own index.
install_torch() {
    pip_install -r "$training" && return
    pip_install -r "$training" --extra-index-url https://download.pytorch.org/whl/cpu && return
    [ "$profile" = dev ] || explain_pip
    say "PyTorch could not be installed: tests of the training are skipped (in CI they fail)." \
        "Details: $log"
}

place_command() {
    site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo '../../../..' >"$site/clawdbot.pth"
    cp "$root/deploy/clawdbot.sh" "$venv/bin/clawdbot" && chmod 755 "$venv/bin/clawdbot"
}

check_imports() {
    PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$root/deploy/smoke.py" >>"$log" 2>&1 || fail \
        "the packages do not load on this machine: $(tail -1 "$log"). Details: $log"
}

[ -f "$lock" ] || fail "there is no $lock."
is_installed && exit 0
[ -n "$adds" ] || check_no_node
check_place
[ -z "$compiles" ] || check_compiler
make_venv
find_pip
install_packages
[ -z "$training" ] || install_torch
[ "$profile" != workstation ] || "$venv/bin/python" -B "$root/deploy/slim.py" "$venv" >>"$log" 2>&1 ||
    fail "the packages could not be slimmed. Details: $log"
place_command
check_imports
wanted_stamp >"$stamp" || fail "$venv cannot be written to."
