"""The model server beside llama-server and `python -m llama_cpp.server`: same file, same run.

1, 4 and 8 clients at one time, prompts of about 1,000 tokens, 128 new ones, all prompts different
(`fresh`) or four fifths of them the same (`shared`).
"""

import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import gguf_models, report
from benchmarks.report import Goal, Report
from benchmarks.serving_load import Wanted, drive
from benchmarks.serving_sides import SIDES, Load, raw_limits, running

CACHE = report.REPOSITORY / "build" / "serving"
PROMPT, NEW, CONTEXT = 1000, 128, 2048
SHARED = 0.8
STREAMS = (1, 4, 8)
GOALS: dict[str, Goal] = {
    **{f"tokens_s_{n}_over_llama_server": (">=", 1.0) for n in STREAMS},
    "first_p50_4_over_llama_server": ("<=", 0.6),
    "first_p50_8_over_llama_server": ("<=", 0.6),
    "shared_first_p50_1_over_llama_server": ("<=", 1.0),
    "tokens_s_4_over_llama_cpp_server": (">=", 2.0),
}


def main() -> int:
    """Measure and report."""
    options = _options()
    machine = report.machine()
    model = options.model or _model()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="clawdbot-serving-") as folder:
        work = options.logs or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        for streams in options.streams:
            load = Load(model, streams, CONTEXT, options.threads, options.gpu_layers)
            for side in options.sides:
                figures |= dict(_measured(side, load, options.rounds, work))
    if not options.no_limits:
        load = Load(model, 1, CONTEXT, options.threads, options.gpu_layers)
        figures |= raw_limits(load, PROMPT, NEW)
    figures |= _ratios(figures)
    goals = {name: goal for name, goal in GOALS.items() if _is_asked(name, options)}
    return report.finish(Report("serving", figures, goals, machine), as_json=options.json)


def _options():  # noqa: ANN202  # argparse's own
    parser = report.arguments(__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a GGUF file instead of half-billion")
    parser.add_argument("--streams", type=int, nargs="+", default=STREAMS)
    parser.add_argument("--rounds", type=int, default=2, help="questions of each client")
    parser.add_argument("--threads", type=int, default=report.machine().cores)
    parser.add_argument("--gpu-layers", type=int, default=0)
    parser.add_argument("--sides", nargs="+", choices=list(SIDES), default=list(SIDES))
    parser.add_argument("--no-limits", action="store_true", help="without llama-bench")
    parser.add_argument("--logs", type=Path, help="folder to keep the servers' logs in")
    return parser.parse_args()


def _measured(side: str, load: Load, rounds: int, work: Path) -> Iterator[tuple[str, float]]:
    if side == "llama_cpp_server" and load.streams > 4:
        return  # one request at a time: nothing more to learn from a longer queue
    for kind, shared in (("fresh", 0.0), ("shared", SHARED)):
        report.say(f"{side}: {load.streams} streams, {kind}")
        wanted = Wanted(load.streams, rounds, PROMPT, NEW, shared, seed=load.streams)
        with running(side, load, free_port(), work) as address:
            drive(address, Wanted(1, 1, 64, 8, seed=99))  # warm
            for name, value in drive(address, wanted).items():
                yield f"{side}_{load.streams}_{kind}_{name}", value


def _ratios(figures: dict[str, float]) -> Iterator[tuple[str, float]]:
    for name in list(figures):
        if not name.startswith("ours_") or not name.endswith(("tokens_s", "first_p50_s")):
            continue
        streams, kind, figure = name.removeprefix("ours_").split("_", 2)
        for rival in ("llama_server", "llama_cpp_server"):
            theirs = figures.get(name.replace("ours", rival, 1))
            if theirs:
                prefix = "" if kind == "fresh" else "shared_"
                short = figure.removesuffix("_s") if figure == "first_p50_s" else figure
                yield f"{prefix}{short}_{streams}_over_{rival}", figures[name] / theirs


def _is_asked(goal: str, options) -> bool:  # noqa: ANN001
    measured = any(f"_{n}_over_" in goal for n in options.streams)
    return measured and any(goal.endswith(f"_over_{side}") for side in options.sides)


def _model() -> Path:
    path = CACHE / "half-billion.gguf"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        report.say(f"making {path}")
        gguf_models.make(gguf_models.SHAPES["half-billion"], path, name="half-billion")
    return path


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
