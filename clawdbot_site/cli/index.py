"""`clawdbot index`: the search index of this node."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from apps.retrieval import index_state
from apps.retrieval.verify import verify as verify_index
from clawdbot_site.cli.console import note, out, print_json
from clawdbot_site.cli.switching import switch_model

app = typer.Typer(pretty_exceptions_enable=False, no_args_is_help=True, rich_markup_mode=None)
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@app.command()
def status(as_json: JsonOption = False) -> None:
    """How far the index is."""
    _show(asdict(index_state.status()), as_json=as_json)


@app.command()
def verify(as_json: JsonOption = False) -> None:
    """Compare the index with the database. Exit code 1 when they differ."""
    report = verify_index()
    _show(asdict(report) | {"is_clean": report.is_clean}, as_json=as_json)
    if not report.is_clean:
        note("the index differs from the database; build it anew: clawdbot index rebuild")
        sys.exit(1)


@app.command()
def rebuild(as_json: JsonOption = False) -> None:
    """Build the index anew from the database; nothing is parsed or embedded again."""
    _show(asdict(index_state.rebuild()), as_json=as_json)


@app.command()
def switch() -> None:
    """Embed every passage again after model.embedder changed. Goes on where it was cut short."""
    if switch_model() is None:
        note("the embedding model has not changed: nothing to do")
    else:
        note("the indexer makes the index anew; if the node runs: clawdbot restart")


def _show(facts: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        out.print(f"{name.replace('_', ' ')}: {value}", markup=False)
