"""How good search and answers are on each evaluation set: `clawdbot eval run`, set by set."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import report

SETS = (
    "squad_dev", "cmrc_dev", "drcd_dev", "bbt_finqa_zh", "xquad_en", "xquad_zh",
    "tatqa", "expmrc_en", "expmrc_zh",
)  # fmt: skip
RECALL_GOALS = {
    "squad_dev": (0.78, 0.95, 0.975),
    "cmrc_dev": (0.95, 0.99),
    "drcd_dev": (0.93, 0.98),
    "bbt_finqa_zh": (0.84, 0.98),
}
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
    with tempfile.TemporaryDirectory(prefix="clawdbot-benchmark-") as home:
        _run(home, "migrate", "--verbosity", "0")
        for name in options.sets:
            evaluated = _evaluate(home, options.shared / "eval" / name, options.limit)
            evaluated["below_better_leg"] = _below_better_leg(evaluated)
            figures |= {f"{name}_{key}": value for key, value in evaluated.items()}
            goals |= _goals(name)
    return report.finish(report.Report("quality", figures, goals, machine), as_json=options.json)


def _evaluate(home: str, folder: Path, limit: int | None) -> dict[str, float]:
    report.say(f"{folder.name}")
    files = ["--corpus", folder / "corpus.jsonl.xz", "--queries", folder / "queries.jsonl.xz"]
    if (folder / "unanswerable.jsonl.xz").exists():
        files += ["--unanswerable", folder / "unanswerable.jsonl.xz"]
    limits = ["--limit", limit] if limit else []
    return dict(json.loads(_run(home, "eval", "run", *map(str, [*files, *limits]), "--json")))


def _run(home: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "clawdbot_site.cli", *arguments],
        cwd=report.REPOSITORY,
        env=os.environ | {"CLAWDBOT_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def _below_better_leg(figures: dict[str, float]) -> float:
    """By how much fusion loses to the better leg alone, at the depth where it loses most."""
    return max(
        figures.get(f"{leg}_recall_at_{k}", 0.0) - figures[f"recall_at_{k}"]
        for leg in LEGS
        for k in DEPTHS
    )


def _goals(name: str) -> dict[str, report.Goal]:
    goals: dict[str, report.Goal] = {
        f"{name}_recall_at_{k}": (">=", least)
        for k, least in zip(DEPTHS, RECALL_GOALS.get(name, ()), strict=False)
    }
    return goals | {f"{name}_below_better_leg": ("<=", MOST_BELOW_LEG)}


if __name__ == "__main__":
    sys.exit(main())
