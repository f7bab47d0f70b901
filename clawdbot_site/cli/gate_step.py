"""A part of `clawdbot eval gate --config FILE`: the process that has read FILE."""

from pathlib import Path
from typing import Annotated

import typer

from apps.core import config
from apps.core.errors import Conflict
from clawdbot_site.cli.main import setup_django

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command("gate-step")
def gate_step(
    file: Annotated[Path, typer.Argument()],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Ask the golden sets of this installation with what the file says."""
    here = config.load()
    config.read_instead(file)
    there = config.load()
    if (there.data_dir, there.database) != (here.data_dir, here.database):
        raise Conflict(f"{file} is of another installation: its data folder or database differ.")
    setup_django()
    from clawdbot_site.cli.evaluation_gate import judge  # needs Django

    judge(as_json=as_json)
