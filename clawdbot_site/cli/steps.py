"""The parts of `clawdbot up` that need Django; hidden commands, run and ended by `up`."""

from typing import Annotated

import typer

from apps.core import config
from clawdbot_site.cli import welcome
from clawdbot_site.installation import prepare, static_files

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command("prepare-step")
def prepare_step(sample: Annotated[bool, typer.Option("--sample/--no-sample")] = False) -> None:
    """Bring database, static files, administrator and samples up to date."""
    prepare.prepare(with_samples=sample)


@app.command("await-step")
def await_step(static: Annotated[bool, typer.Option("--static")] = False) -> None:
    """Wait until `prepare-step` of another machine has been here; then what each node needs."""
    prepare.await_prepared()
    if static:
        static_files.collect()


@app.command("welcome-step")
def welcome_step() -> None:
    """Wait for the samples, then say how to get in."""
    welcome.wait_for_samples()
    welcome.show(config.load())
