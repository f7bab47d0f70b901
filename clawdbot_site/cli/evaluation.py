"""`clawdbot eval`: how well search and answers do on a golden set."""

from pathlib import Path
from typing import Annotated

import typer

from apps.evaluation.golden_sets import golden_set_get
from apps.evaluation.in_place import run_in_place
from apps.evaluation.models import EvaluationRun
from apps.evaluation.run_queue import Wanted
from apps.evaluation.running import run_now
from apps.evaluation.runs import EvalRequest
from apps.evaluation.runs import run as evaluate
from apps.ops.erasure import purge
from clawdbot_site.cli import evaluation_gate, evaluation_runs, evaluation_sets
from clawdbot_site.cli.asking_progress import Stages
from clawdbot_site.cli.console import print_json, print_table
from clawdbot_site.cli.ending import ending_cleanly
from clawdbot_site.installation.operator import operator

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    """Measure retrieval and answers on a golden set."""


@app.command()
def run(  # noqa: PLR0913, PLR0917 - the options of two uses
    name: Annotated[
        str | None,
        typer.Argument(metavar="SET", help="COLLECTION (its golden questions) or COLLECTION/SET."),
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Passages, JSON lines {id, title, text}; .xz and .gz too.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(help="Questions, JSON lines {id, question, answers, relevant}.")
    ] = None,
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
    """Ask a golden set where its documents are, print figures and keep them.

    With --corpus and --queries: load a corpus into a temporary collection, ask, clean up.
    """
    if name is not None and corpus is None and queries is None:
        _run_set(name, as_json=as_json)
        return
    if name is not None or corpus is None or queries is None:
        raise typer.BadParameter("name a golden set, or files with --corpus and --queries")
    request = EvalRequest(corpus, queries, unanswerable, limit, limit_corpus)
    with ending_cleanly(), Stages() as stages:
        figures = evaluate(request, purge=purge, progress=stages)
    _show(figures, as_json=as_json)


def _run_set(name: str, *, as_json: bool) -> None:
    by = operator()
    wanted = Wanted(EvaluationRun.Cause.COMMAND, by)
    with ending_cleanly(), Stages() as stages:
        done = run_now(golden_set_get(name, by=by), wanted, progress=stages)
    evaluation_runs.show_run(done, as_json=as_json)


@app.command()
def golden(
    collection: Annotated[str, typer.Argument(help="The name of the collection.")],
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Ask the golden questions that curators collected, in place, and print figures."""
    with ending_cleanly(), Stages() as stages:
        figures = run_in_place(collection, progress=stages)
    _show(figures, as_json=as_json)


def _show(figures: dict[str, float], *, as_json: bool) -> None:
    if as_json:
        print_json(figures)
    else:
        print_table(("figure", "value"), [(name, f"{value:,}") for name, value in figures.items()])


app.command("sets")(evaluation_sets.sets)
app.command("import")(evaluation_sets.import_)
app.command("export")(evaluation_sets.export)
app.command("draft")(evaluation_sets.draft)
app.command("harvest")(evaluation_sets.harvest)
app.command("drafts")(evaluation_sets.drafts)
app.command("report")(evaluation_runs.report)
app.command("compare")(evaluation_runs.compare)
app.command("allow")(evaluation_runs.allow)
app.command("probe")(evaluation_runs.probe)
app.command("gate")(evaluation_gate.gate)
