#!/bin/sh
# Renew the locks (exact versions and hashes, for every platform) from the .in files: `make lock`.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools" && "$tools/bin/pip" install --quiet uv

# Asked for by the metadata of tokenizers, onnxruntime, celery, tqdm and reportlab, never imported by
# us: model downloads, protobuf tools, an interactive shell, guessed encodings. deploy/smoke.py and
# the tests prove it.
unneeded="huggingface-hub hf-xet httpx2 httpcore2 httpx2-jsfetch truststore tqdm fsspec filelock
    protobuf flatbuffers click-repl prompt-toolkit wcwidth colorama charset-normalizer"

lock() {
    name=$1
    shift
    "$tools/bin/uv" pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
        --generate-hashes --custom-compile-command "make lock" "$@" \
        "$name.in" -o "$name.txt"
}

left_out=""
for package in $unneeded; do left_out="$left_out --no-emit-package $package"; done
# shellcheck disable=SC2086  # a list of words
lock requirements-workstation $left_out
lock requirements-nodes -c requirements-workstation.txt
lock requirements-serving -c requirements-workstation.txt
lock requirements-dev -c requirements-workstation.txt -c requirements-nodes.txt -c requirements-serving.txt
# PyTorch without CUDA is not on PyPI: CPU_WHEELS names a folder or page that has it.
lock requirements-training -c requirements-dev.txt --no-emit-package setuptools \
    --find-links "${CPU_WHEELS:-${PIP_FIND_LINKS:-https://download.pytorch.org/whl/cpu/torch/}}"
lock requirements -c requirements-workstation.txt -c requirements-nodes.txt -c requirements-serving.txt
