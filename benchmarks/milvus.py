"""The same vectors searched in files of the node and in Milvus: time, recall, memory, bytes.

    python -m benchmarks.milvus --sizes 10000,100000                    # milvus-lite
    python -m benchmarks.milvus --sizes 1000000 --uri http://milvus:19530

The vectors are those of benchmarks/scale.py. Each side runs in a process of its own. With --uri the
memory is the client's alone, bytes on disk are not measured, and the collection is dropped again.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks import datasets, report
from benchmarks.milvus_sides import SIDES, measure
from benchmarks.scale import label
from benchmarks.scale_data import Dataset, prepare
from benchmarks.scale_scopes import Kind
from benchmarks.scale_vectors import VectorCache

SIZES = "10000,100000"
QUESTIONS = 200
SET = "squad_dev"


def main() -> int:
    """Measure both sides at every size; returns the exit code."""
    options = _options()
    if options.side:
        data = prepare(options.shared, options.cache, int(options.sizes))
        texts = datasets.questions(options.shared, SET, count=options.queries)
        questions = VectorCache(options.cache).vectors_of(texts).astype(np.float32)
        print(json.dumps(measure(data, options.side, options.uri, questions)))
        return 0
    machine, figures, goals = report.machine(), dict[str, float](), dict[str, report.Goal]()
    for size in map(int, options.sizes.split(",")):
        data = prepare(options.shared, options.cache, size)
        for side in SIDES:
            report.say(f"{side}, {size} chunks")
            found = _in_its_own_process(data, side, options)
            figures |= {f"{label(size)}_{side}_{name}": value for name, value in found.items()}
            goals |= {f"{label(size)}_{side}_{scope}_recall_at_10": (">=", 0.98) for scope in Kind}
            goals |= {f"{label(size)}_{side}_{scope}_outside_scope": ("<=", 0.0) for scope in Kind}
    return report.finish(report.Report("milvus", figures, goals, machine), as_json=options.json)


def _in_its_own_process(
    data: Dataset, side: str, options: argparse.Namespace
) -> Mapping[str, float]:
    command = [
        sys.executable, "-m", "benchmarks.milvus", "--side", side, "--uri", options.uri,
        "--sizes", str(data.shape.chunks), "--queries", str(options.queries),
        "--shared", options.shared, "--cache", options.cache,
    ]  # fmt: skip
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=report.REPOSITORY)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _options() -> argparse.Namespace:
    parser = report.arguments(__doc__)
    parser.add_argument("--sizes", default=SIZES, help="chunks, with commas (default: %(default)s)")
    parser.add_argument("--uri", default="", help="a Milvus server (default: milvus-lite)")
    parser.add_argument("--queries", type=int, default=QUESTIONS, help="default: %(default)s")
    parser.add_argument("--cache", type=Path, default=report.REPOSITORY / "build" / "scale")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
