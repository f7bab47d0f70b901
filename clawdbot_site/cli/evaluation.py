"""`clawdbot eval`: how well search and answers do on a golden set."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from apps.evaluation.in_place import export_lines, run_in_place
from apps.evaluation.runs import EvalRequest
from apps.evaluation.runs import run as evaluate
from apps.ops.erasure import purge
from clawdbot_site.cli.console import err, is_terminal, note, print_json, print_table
from clawdbot_site.cli.ending import ending_cleanly

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
PLAIN_LINES = 10  # for each stage where there is no terminal


@app.callback()
def group() -> None:
    """Measure retrieval and answers on a golden set."""


@app.command()
def run(
    corpus: Annotated[
        Path, typer.Option(help="Passages, JSON lines {id, title, text}; .xz and .gz too.")
    ],
    queries: Annotated[
        Path, typer.Option(help="Questions, JSON lines {id, question, answers, relevant}.")
    ],
    unanswerable: Annotated[
        Path | None, typer.Option(help="Questions that no passage answers, {id, question}.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask so many of the questions, always the same.")
    ] = None,
    limit_corpus: Annotated[
        int | None, typer.Option(min=1, help="Load only so many passages, for a quick look.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Load a corpus into a temporary collection, ask its questions, print figures, clean up."""
    request = EvalRequest(corpus, queries, unanswerable, limit, limit_corpus)
    with ending_cleanly(), _Stages() as stages:
        figures = evaluate(request, purge=purge, progress=stages)
    if as_json:
        print_json(figures)
    else:
        print_table(("figure", "value"), [(name, f"{value:,}") for name, value in figures.items()])


@app.command()
def golden(
    collection: Annotated[str, typer.Argument(help="The name of the collection.")],
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Ask the golden questions that curators collected, in place, and print figures."""
    with ending_cleanly(), _Stages() as stages:
        figures = run_in_place(collection, progress=stages)
    if as_json:
        print_json(figures)
    else:
        print_table(("figure", "value"), [(name, f"{value:,}") for name, value in figures.items()])


@app.command()
def export(
    collection: Annotated[str, typer.Argument(help="The name of the collection.")],
) -> None:
    """Print a collection's golden questions as JSON lines, as `eval run --queries` reads them."""
    for line in export_lines(collection):
        typer.echo(json.dumps(line, ensure_ascii=False))


class _Stages:
    """Shows how far the run is: a bar for each stage on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Elapsed(),
            console=err, disable=not is_terminal(),
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "_Stages":
        self._bars.start()
        return self

    def __exit__(self, *exit_info: object) -> None:
        self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if is_terminal():
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(stage, total=total)
            self._bars.update(self._tasks[stage], completed=done, total=total)
        elif done % max(total // PLAIN_LINES, 1) == 0:
            note(f"{stage}: {done} of {total}")
