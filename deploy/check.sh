#!/bin/sh
# The checks of `make check`: all run, any failure fails.
cd "$(dirname -- "$0")/.." || exit 1
bin=.venv/bin
failed=""

step() {
    name=$1
    shift
    printf '== %s\n' "$name"
    "$@" || failed="$failed $name"
}

step ruff "$bin/ruff" check .
step format "$bin/ruff" format --check .
step mypy "$bin/mypy"
step imports "$bin/lint-imports"
step migrations env CLAWDBOT_HOME="$(mktemp -d)" "$bin/python" manage.py makemigrations --check --dry-run
step expanding "$bin/python" deploy/lint_migrations.py
step sizes "$bin/python" -m pytest tests/test_size_limits.py

[ -z "$failed" ] || {
    echo "failed:$failed" >&2
    exit 1
}
echo "all checks passed"
