"""Our own models, INT8 on the processor as served: what they find, read, tell apart; how fast.

Works on the model folders through the product's own parts, without an installation. Retrieval is
measured on all questions of each set; what needs twenty passages read, on a fixed sample (--sample)
of them: reading all would take hours on two cores. What was embedded and read lies in --cache, so
that a run that was cut goes on where it was. Folders that are missing are left out, and said.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import report

PARTS = ("embed", "read", "gold", "gone", "beside", "evidence", "answers", "speed")
SETS = (
    "squad_dev", "cmrc_dev", "drcd_dev", "xquad_en", "xquad_zh", "bbt_finqa_zh", "tatqa",
    "expmrc_en", "expmrc_zh",
)  # fmt: skip
MODELS = report.REPOSITORY / "models"
OTHERS = {  # left out, and said, when missing; training/export_minilm.py makes the second
    "static": MODELS / "clawdbot-static",
    "minilm": report.REPOSITORY / "build" / "minilm-l6-v2-int8",
}
GOALS: dict[str, report.Goal] = {
    "squad_dev_hybrid_recall_at_1": (">=", 0.82),
    "squad_dev_hybrid_recall_at_5": (">=", 0.96),
    "squad_dev_hybrid_recall_at_10": (">=", 0.98),
    "squad_dev_read_recall_at_1": (">=", 0.91),
    "squad_dev_read_recall_at_5": (">=", 0.985),
    "squad_dev_end_to_end_em": (">=", 0.71),
    "squad_dev_end_to_end_f1": (">=", 0.80),
    "squad_dev_gold_em": (">=", 0.79),
    "squad_dev_gold_f1": (">=", 0.87),
    "cmrc_dev_hybrid_recall_at_1": (">=", 0.98),
    "cmrc_dev_hybrid_recall_at_5": (">=", 0.997),
    "cmrc_dev_read_recall_at_1": (">=", 0.98),
    "cmrc_dev_end_to_end_em": (">=", 0.62),
    "cmrc_dev_end_to_end_f1": (">=", 0.82),
    "cmrc_dev_gold_em": (">=", 0.64),
    "cmrc_dev_gold_f1": (">=", 0.85),
    "drcd_dev_end_to_end_em": (">=", 0.72),
    "drcd_dev_end_to_end_f1": (">=", 0.84),
    "xquad_zh_gold_em": (">=", 0.50),
    "xquad_zh_gold_f1": (">=", 0.72),
    "xquad_zh_on_xquad_en_hybrid_recall_at_10": (">=", 0.95),
    "xquad_en_on_xquad_zh_hybrid_recall_at_10": (">=", 0.96),
    "bbt_finqa_zh_hybrid_recall_at_5": (">=", 0.98),
    "tatqa_hybrid_recall_at_5": (">=", 0.71),
    "squad_dev_gone_auc": (">=", 0.98),
    "cmrc_dev_gone_auc": (">=", 0.96),
    "squad_dev_answered_at_10_percent_wrong": (">=", 0.95),
    "cmrc_dev_answered_at_10_percent_wrong": (">=", 0.90),
    "squad_dev_beside_auc": (">=", 0.80),
    "expmrc_en_evidence": (">=", 0.85),
    "expmrc_zh_evidence": (">=", 0.80),
    "answer_accuracy": (">=", 0.89),
    "query_ms": ("<=", 4),
    "read_20_ms_2_threads": ("<=", 250),
    "models_mb": ("<=", 60),
}


def main() -> int:
    """Measure; returns the exit code."""
    parser = report.arguments(__doc__.splitlines()[0])
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS, help="default: all")
    parser.add_argument("--only", nargs="+", default=PARTS, choices=PARTS, help="default: all")
    parser.add_argument("--limit", type=int, help="of the questions of each set, take so many")
    parser.add_argument("--sample", type=int, default=600, help="questions read (%(default)s)")
    parser.add_argument("--embedder", type=Path, default=MODELS / "clawdbot-embedder")
    parser.add_argument("--reader", type=Path, default=MODELS / "clawdbot-reader")
    parser.add_argument("--cache", type=Path, default=report.REPOSITORY / "build" / "models")
    options = parser.parse_args()
    machine = report.machine()
    os.environ["CLAWDBOT_MODEL__EMBEDDER"] = str(options.embedder.resolve())
    os.environ["CLAWDBOT_MODEL__READER"] = str(options.reader.resolve())
    # Behind the environment, which the product reads once: an answering engine loads its models.
    from benchmarks.model_bench import Bench
    from benchmarks.model_speed import speed_figures

    figures: dict[str, float] = {"models_mb": _size_mb(MODELS)}
    bench = Bench(options.shared, options.cache, options.limit, options.sample)
    bench.load(options.embedder, options.reader, OTHERS)
    measured = bench.figures(options.sets, options.only)
    if "speed" in options.only:
        measured = _chained(measured, speed_figures(options.shared, bench.folders))
    for some in measured:
        report.say(json.dumps({name: round(value, 4) for name, value in some.items()}))
        figures |= some
    goals = {name: goal for name, goal in GOALS.items() if _is_asked(name, options.sets, figures)}
    return report.finish(report.Report("models", figures, goals, machine), as_json=options.json)


def _chained(
    first: Iterator[dict[str, float]], second: Iterator[dict[str, float]]
) -> Iterator[dict[str, float]]:
    yield from first
    yield from second


def _is_asked(name: str, sets: list[str], figures: dict[str, float]) -> bool:
    """With fewer sets or parts, only what was measured is judged; with all, everything."""
    return name in figures or len(sets) == len(SETS)


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    sys.exit(main())
