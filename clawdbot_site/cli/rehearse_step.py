"""A part of `clawdbot backup verify`: runs inside the installation that is asked."""

from typing import Annotated

import typer

from clawdbot_site.cli.console import print_json
from clawdbot_site.rehearsal import asking

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command("rehearse-step")
def rehearse_step(
    build: Annotated[bool, typer.Option("--build", help="Build the index first.")] = False,
) -> None:
    """Print what is here and how the golden sets are answered, as JSON."""
    if build:
        asking.index_build()
    holdings = asking.holdings() if build else {}
    print_json({"holdings": holdings, "golden": asking.golden_figures()})
