#!/bin/sh
# Prints the compiler flags with which llama.cpp runs on this machine: none, or those that cure or
# avoid the AMX defect that deploy/amx_probe.c looks for.
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
compiler=${CC:-cc}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

# 0: runs, 1: there are no tiles, 126 and more: it was not compiled, or died of a signal.
probe() {
    # shellcheck disable=SC2086  # a list of words
    "$compiler" -O3 -march=native "$@" "$root/deploy/amx_probe.c" -o "$folder/probe" 2>/dev/null ||
        return 126
    (ulimit -c 0; "$folder/probe") 2>/dev/null
}

probe 2>/dev/null
[ $? -le 1 ] && exit 0
if probe -fno-tree-dse -fno-dse 2>/dev/null; then
    echo "-fno-tree-dse -fno-dse"
elif grep -qw amx_tile /proc/cpuinfo 2>/dev/null; then
    echo "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
fi
