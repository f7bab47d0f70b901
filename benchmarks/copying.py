"""What prompt-lookup speculation gains: the model server on questions with their passages.

    python -m benchmarks.copying --model FILE.gguf

Only a model that was trained to answer from its prompt copies from it; random weights do not.
Each question is asked with and without guessing, temperature 0: the answers must be the same.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from benchmarks import report
from benchmarks.passage_prompts import ASK, HEAD, Case, cases
from benchmarks.report import Goal, Report
from benchmarks.serving import free_port
from benchmarks.serving_sides import Load, running

MOST_NEW, CONTEXT, TIMEOUT_S = 96, 6144, 300.0
GOALS: dict[str, Goal] = {"same_answers": (">=", 1.0), "speed_ratio": (">=", 1.0)}


def main() -> int:
    """Measure and report."""
    parser = report.arguments(__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=40, help="of each set")
    options = parser.parse_args()
    machine = report.machine()
    asked = [
        case
        for name in ("squad_dev", "cmrc_dev")
        for case in cases(options.shared, name, options.questions)
    ]
    load = Load(options.model, 1, CONTEXT, machine.cores)
    with (
        tempfile.TemporaryDirectory() as folder,
        running("ours", load, free_port(), Path(folder)) as (host, port),
        httpx.Client(base_url=f"http://{host}:{port}", timeout=TIMEOUT_S) as client,
    ):
        figures = _figures(client, asked)
    return report.finish(Report("copying", figures, GOALS, machine), as_json=options.json)


def _figures(client: httpx.Client, asked: Sequence[Case]) -> dict[str, float]:
    plain = [_ask(client, case, speculate=False) for case in asked]
    guessed = [_ask(client, case, speculate=True) for case in asked]
    pairs = zip(plain, guessed, strict=True)
    same = sum(a["choices"][0]["text"] == b["choices"][0]["text"] for a, b in pairs)
    written = sum(reply["usage"]["completion_tokens"] for reply in guessed)
    return {
        "same_answers": same / len(asked),
        "accepted_share": sum(reply["timings"]["accepted_tokens"] for reply in guessed) / written,
        "plain_tokens_s": _speed(plain),
        "guessed_tokens_s": _speed(guessed),
        "speed_ratio": _speed(guessed) / _speed(plain),
        "answer_tokens": written / len(asked),
    }


def _speed(replies: Sequence[dict[str, Any]]) -> float:
    """Tokens a second of writing, reading the prompt left out."""
    tokens = sum(reply["usage"]["completion_tokens"] - 1 for reply in replies)
    return tokens / sum(
        reply["timings"]["total_s"] - reply["timings"]["prompt_s"] - reply["timings"]["queued_s"]
        for reply in replies
    )


def _ask(client: httpx.Client, case: Case, *, speculate: bool) -> dict[str, Any]:
    prompt = f"{HEAD}{''.join(case.blocks)}Question: {case.question}{ASK}"
    body = {
        "model": "bench", "prompt": prompt, "max_tokens": MOST_NEW, "temperature": 0,
        "speculate": speculate,
    }  # fmt: skip
    reply = client.post("/v1/completions", json=body).raise_for_status().json()
    return dict(reply)


if __name__ == "__main__":
    sys.exit(main())
