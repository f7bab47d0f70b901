"""How good search and answers are on each evaluation set: `clawdbot eval run`, set by set."""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks import report
from benchmarks.installation import Installation, prepared
from benchmarks.spelled_sets import SPELLED, folder_of

SETS = (
    "squad_dev", "cmrc_dev", "drcd_dev", "bbt_finqa_zh", "xquad_en", "xquad_zh",
    "tatqa", "expmrc_en", "expmrc_zh", *SPELLED,
)  # fmt: skip
FOUND, READ = "before_reading_recall_at", "recall_at"
RECALL_GOALS = {
    FOUND: {
        "squad_dev": (0.82, 0.96, 0.98),
        "cmrc_dev": (0.98, 0.997),
        "drcd_dev": (0.93, 0.98),
        "bbt_finqa_zh": (0.84, 0.98),
    },
    READ: {"squad_dev": (0.91, 0.985), "cmrc_dev": (0.98,)},
}
ANSWER_GOALS = {"squad_dev": 0.89, "cmrc_dev": 0.89, "cmrc_dev_traditional": 0.85}
DEPTHS = (1, 5, 10)
LEGS = ("dense", "lexical")
MOST_BELOW_LEG = 0.005


def main() -> int:
    """Evaluate in an installation of its own; returns the exit code."""
    parser = report.arguments(__doc__)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS, help="default: all")
    parser.add_argument("--limit", type=int, help="ask this many questions of each set, not all")
    options = parser.parse_args()
    machine = report.machine()
    figures: dict[str, float] = {}
    goals: dict[str, report.Goal] = {}
    with prepared() as installation, tempfile.TemporaryDirectory() as scratch:
        installation.clawdbot("prepare-step")
        for name in options.sets:
            folder = folder_of(options.shared, name, scratch=Path(scratch))
            evaluated = _evaluate(installation, folder, options.limit)
            evaluated["below_better_leg"] = _below_better_leg(evaluated)
            report.say(f"{name}: {json.dumps(evaluated)}")
            figures |= {f"{name}_{key}": value for key, value in evaluated.items()}
            goals |= _goals(name)
    return report.finish(report.Report("quality", figures, goals, machine), as_json=options.json)


def _evaluate(installation: Installation, folder: Path, limit: int | None) -> dict[str, float]:
    report.say(f"{folder.name}")
    files = ["--corpus", folder / "corpus.jsonl.xz", "--queries", folder / "queries.jsonl.xz"]
    if (folder / "unanswerable.jsonl.xz").exists():
        files += ["--unanswerable", folder / "unanswerable.jsonl.xz"]
    limits = ["--limit", limit] if limit else []
    printed = installation.clawdbot("eval", "run", *map(str, [*files, *limits]), "--json")
    return dict(json.loads(printed))


def _below_better_leg(figures: dict[str, float]) -> float:
    """By how much fusion loses to the better leg alone, at the depth where it loses most."""
    return max(
        figures.get(f"{leg}_recall_at_{k}", 0.0) - figures[f"{FOUND}_{k}"]
        for leg in LEGS
        for k in DEPTHS
    )


def _goals(name: str) -> dict[str, report.Goal]:
    goals: dict[str, report.Goal] = {
        f"{name}_{kind}_{k}": (">=", least)
        for kind, by_set in RECALL_GOALS.items()
        for k, least in zip(DEPTHS, by_set.get(name, ()), strict=False)
    }
    if name in ANSWER_GOALS:
        goals[f"{name}_answer_accuracy"] = (">=", ANSWER_GOALS[name])
    return goals | {f"{name}_below_better_leg": ("<=", MOST_BELOW_LEG)}


if __name__ == "__main__":
    sys.exit(main())
