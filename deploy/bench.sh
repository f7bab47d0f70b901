#!/bin/sh
# Every benchmark, one JSON object a line; exits 1 when one misses a goal.
cd "$(dirname -- "$0")/.." || exit 1
failed=0
for program in install first_answer models contradictions ingest latency quality memory portal packs traffic ledger anomalies cluster serving scale; do
    [ -f "benchmarks/$program.py" ] || continue
    .venv/bin/python -m "benchmarks.$program" --json "$@" || failed=1
done
exit $failed
