"""`clawdbot index`: the search index of this node."""

import os
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from apps.ops.verification import Depth
from apps.retrieval import index_damage, index_state
from clawdbot_site.cli import generations, verifying
from clawdbot_site.cli.console import out, print_json

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@app.command()
def status(as_json: JsonOption = False) -> None:
    """How far the index is, and when it was verified; --json: damaged files too."""
    facts = asdict(index_state.status())
    _show(facts | ({"incidents": index_damage.latest()} if as_json else {}), as_json=as_json)


@app.command()
def verify(
    as_json: JsonOption = False,
    repair: Annotated[bool, typer.Option("--repair", help="Put right what differs.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Some of the texts, originals by their size only.")
    ] = False,
    examples: Annotated[
        int, typer.Option("--examples", min=1, help="How many of each kind to name.")
    ] = 5,
    nightly: Annotated[bool, typer.Option("--nightly", hidden=True)] = False,
) -> None:
    """Compare index, vectors, texts and originals with the database.

    Exit code 1 when they differ, after --repair when they still do.
    """
    if nightly:
        os.nice(10)
    depth = Depth(is_quick=quick, is_nightly=nightly, examples=examples)
    sys.exit(0 if verifying.run(depth, repair=repair, as_json=as_json) else 1)


@app.command()
def rebuild(as_json: JsonOption = False) -> None:
    """Build the index anew from the database; nothing is parsed or embedded again."""
    _show(asdict(index_state.rebuild()), as_json=as_json)


for command in (
    generations.switch,
    generations.generations,
    generations.measure,
    generations.flip,
    generations.rollback,
    generations.discard,
):
    app.command()(command)


def _show(facts: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        out.print(f"{name.replace('_', ' ')}: {value}", markup=False)
