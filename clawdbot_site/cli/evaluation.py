"""`clawdbot eval`: how well search and answers do on a golden set."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

app = typer.Typer(no_args_is_help=True, help="Measure search and answers on a golden set.")

PLAIN_STEPS = 10  # lines per stage where there is no terminal


@app.callback()
def group() -> None:
    """Measure search and answers on a golden set."""


@app.command()
def run(
    corpus: Annotated[
        Path, typer.Option(help="Passages: JSON lines {id, title, text}; .xz and .gz are read too.")
    ],
    queries: Annotated[
        Path, typer.Option(help="Questions: JSON lines {id, question, answers, relevant}.")
    ],
    unanswerable: Annotated[
        Path | None, typer.Option(help="Questions that no passage answers: {id, question}.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask this many of the questions (a fixed sample).")
    ] = None,
    limit_corpus: Annotated[
        int | None, typer.Option(min=1, help="Load only the first passages, for a quick look.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Load a corpus into a temporary collection, ask its questions, print the figures, clean up."""
    # Heavy, and Django must be set up first: not at import.
    from apps.evaluation.runs import EvalRequest
    from apps.evaluation.runs import run as evaluate
    from apps.ops.erasure import purge

    request = EvalRequest(
        corpus=corpus,
        queries=queries,
        unanswerable=unanswerable,
        limit=limit,
        corpus_limit=limit_corpus,
    )
    with _ending_cleanly_on_sigterm(), StageProgress() as progress:
        figures = evaluate(request, purge=purge, progress=progress)
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        Console().print(_table(figures))


class StageProgress:
    """Shows how far the run is on stderr: bars on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self._console.is_terminal:
            if done % max(total // PLAIN_STEPS, 1) == 0 or done == total:
                self._console.print(f"{stage}: {done} of {total}", highlight=False)
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)


@contextmanager
def _ending_cleanly_on_sigterm() -> Iterator[None]:
    """Let `kill` unwind like Ctrl-C, so that the temporary collection goes."""

    def leave(signum: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + signum)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _table(figures: dict[str, float]) -> Table:
    table = Table("figure", "value", box=None)
    for name, value in figures.items():
        table.add_row(name, f"{value:,}")
    return table
