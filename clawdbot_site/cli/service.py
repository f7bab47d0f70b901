"""`clawdbot stop`, `restart`, `scale`: acting on the running node."""

from typing import Annotated

import typer

from apps.core import config
from clawdbot_site.cli.console import note
from clawdbot_site.cli.launching import start_detached
from clawdbot_site.cli.model_start import stop_model
from clawdbot_site.cli.readiness import address
from clawdbot_site.installation import config_file
from clawdbot_site.supervision import control, lifetime

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
MOST_WORKERS = 64


@app.command()
def stop(
    model: Annotated[str, typer.Option("--model", help="Only this model.")] = "",
) -> None:
    """Stop everything. Work that was begun is put back and goes on after the next start."""
    if model:
        stop_model(model)
        return
    configuration = config.load()
    if not control.is_running(configuration):
        note("not running")
        return
    lifetime.stop(configuration, note)
    note("stopped")


@app.command()
def restart() -> None:
    """Stop everything, start it again in the background."""
    configuration = config.load()
    if control.is_running(configuration):
        lifetime.stop(configuration, note)
    start_detached(configuration)
    note(f"running at {address(configuration)}")


@app.command()
def scale(
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=MOST_WORKERS, help="Files read at one time.")
    ],
) -> None:
    """Set how many files are read at one time, now and after the next start."""
    config_file.set_value("ingest", "parse_workers", str(workers))
    configuration = config.load()
    if control.is_running(configuration):
        control.restart(configuration, "worker-parse")
        note(f"{workers} parse workers")
    else:
        note(f"{workers} parse workers from the next start on")
