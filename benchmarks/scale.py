"""How the index of one node grows: search, recall, memory, build, open, changes, at 10 thousand,
100 thousand and a million chunks; beside LangChain and LlamaIndex.

    python -m benchmarks.scale --sizes 10000,100000,1000000

The data are loaded once and kept in build/scale. See benchmarks/README.md for what the names mean.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import datasets, report
from benchmarks.scale_data import prepare
from benchmarks.scale_own import Figures, Plan, Size
from benchmarks.scale_rivals import LARGEST, NAMES, beside
from benchmarks.scale_scopes import Kind

SIZES = 10_000, 100_000, 1_000_000
QUESTIONS = 300  # of each scope
CHANGES, BULK = 20, 5  # documents changed one by one; so many times more in a row
SETS = {"squad_dev": 2, "cmrc_dev": 1, "drcd_dev": 1}  # in these proportions
COLLECTION_KINDS = Kind.ALL, Kind.TENTH, Kind.THOUSANDTH
RIVAL_GROWTH = (
    "build_s", "open_s", "all_p50_ms", "all_p95_ms", "tenth_p95_ms", "thousandth_p95_ms",
    "tenth_recall_at_10", "thousandth_recall_at_10", "tenth_exhaustive_p95_ms",
    "tenth_exhaustive_recall_at_10", "search_grown_mb", "search_peak_mb", "bytes_per_chunk",
    "delete_s", "stopped",
)  # fmt: skip
GROWTH = (  # rows of the table
    *(f"{kind}_{heat}_legs_p95_ms" for kind in Kind for heat in ("warm", "cold")),
    "all_warm_legs_p50_ms", "all_warm_search_p95_ms", "embed_p95_ms",
    *(f"{kind}_warm_recall_at_10" for kind in Kind), "perturbed_recall_at_10",
    "node_pss_mb", "node_pss_peak_mb", "reader_anonymous_mb", "reader_grown_mb",
    "load_s", "build_s", "rebuild_s", "open_s", "open_from_disk_s", "restart_s", "indexer_ready_s",
    "vectors_bytes_per_chunk", "lexical_bytes_per_chunk", "rows_bytes_per_chunk",
    "folder_bytes_per_chunk", "database_bytes_per_chunk",
    "inserted_p50_ms", "inserted_p95_ms", "deleted_p95_ms", "removed_p95_ms",
    "bulk_insert_legs_p95_ms", "bulk_delete_legs_p95_ms", "bulk_delete_purged_s",
    "rebuild_legs_p95_ms",
    *(f"{rival}_{figure}" for rival in NAMES for figure in RIVAL_GROWTH),
)  # fmt: skip
LARGE, LEAST_GROWN = 1_000_000, 100_000  # what is smaller tells nothing about growth
GOALS_LARGE: dict[str, report.Goal] = {
    **{f"{kind}_{heat}_legs_p95_ms": ("<=", 30.0) for kind in Kind for heat in ("warm", "cold")},
    "node_pss_mb": ("<=", 1200.0),
    "open_s": ("<=", 3.0),
}
GOALS: dict[str, report.Goal] = {
    **{f"{kind}_{heat}_recall_at_10": (">=", 0.98) for kind in Kind for heat in ("warm", "cold")},
    **{f"{kind}_{heat}_outside_scope": ("<=", 0.0) for kind in Kind for heat in ("warm", "cold")},
    "degraded": ("<=", 0.0),
}
GROWN_PER_100K = "anonymous_mb_per_100k"


def main() -> int:
    """Measure every size; returns the exit code."""
    options = _options()
    machine = report.machine()
    plan = Plan(
        _questions(options.shared, options.queries), options.changes, BULK * options.changes,
        keeps_index=options.keep_index,
    )  # fmt: skip
    by_size: dict[int, Figures] = {}
    for size in options.sizes:
        data = prepare(options.shared, options.cache, size, passages=options.passages)
        measuring = Size(data, plan)
        by_size[size] = measuring.run()
        if options.rivals and size <= LARGEST:
            by_size[size] |= beside(data, plan.questions, measuring.question_vectors)
    figures = {
        f"{label(size)}_{name}": round(value, 4)
        for size, measured in by_size.items()
        for name, value in measured.items()
    }
    figures[GROWN_PER_100K] = round(_grown_per_100k(by_size), 2)
    report.say(_growth_table(by_size))
    done = report.Report("scale", figures, _goals(options.sizes), machine)
    return report.finish(done, as_json=options.json)


def label(size: int) -> str:
    """10k, 100k, 1m; the number where it is no round one."""
    for unit, name in ((10**6, "m"), (10**3, "k")):
        if size >= unit and size % unit == 0:
            return f"{size // unit}{name}"
    return str(size)


def _options() -> argparse.Namespace:
    parser = report.arguments(__doc__)
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=list(SIZES),
        help="chunks, with commas (10000,100000,1000000)",
    )
    parser.add_argument("--queries", type=int, default=QUESTIONS, help="default: %(default)s")
    parser.add_argument("--changes", type=int, default=CHANGES, help="default: %(default)s")
    parser.add_argument("--rivals", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument(
        "--keep-index", action="store_true", help="search the index of the last run"
    )
    parser.add_argument("--cache", type=Path, default=report.REPOSITORY / "build" / "scale")
    parser.add_argument("--passages", type=int, help="of each set at most (default: all)")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted(int(size) for size in text.split(","))


def _questions(shared: Path, count: int) -> list[str]:
    parts = sum(SETS.values())
    asked = (
        datasets.questions(shared, name, count=-(-count * part // parts))
        for name, part in SETS.items()
    )
    return [question for some in asked for question in some][:count]


def _goals(sizes: Sequence[int]) -> dict[str, report.Goal]:
    goals: dict[str, report.Goal] = {}
    if max(sizes) >= LEAST_GROWN:
        goals[GROWN_PER_100K] = ("<=", 10.0)
    for size in sizes:
        of_size = GOALS | (GOALS_LARGE if size == LARGE else {})
        goals |= {f"{label(size)}_{name}": goal for name, goal in of_size.items()}
    return goals


def _grown_per_100k(by_size: Mapping[int, Figures]) -> float:
    """Anonymous memory that a reader takes more for each 100,000 chunks more."""
    small, large = min(by_size), max(by_size)
    grown, chunks = by_size[large]["reader_grown_mb"], large
    if small != large:  # what every process takes, however large its index, does not count
        grown, chunks = grown - by_size[small]["reader_grown_mb"], large - small
    return grown / (chunks / 100_000)


def _growth_table(by_size: Mapping[int, Figures]) -> str:
    """A row for each figure of GROWTH, a column for each size, and how many times it grew."""
    sizes = sorted(by_size)
    lines = [f"{'cost by size':32}" + "".join(f"{label(size):>12}" for size in sizes)]
    for name in GROWTH:
        values = [by_size[size].get(name) for size in sizes]
        if not any(one is not None for one in values):
            continue
        cells = "".join("           -" if one is None else f"{one:12,.4g}" for one in values)
        first, last = values[0], values[-1]
        times = f"   x {last / first:.3g}" if first and last and len(sizes) > 1 else ""
        lines.append(f"{name:32}{cells}{times}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
