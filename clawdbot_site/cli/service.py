"""`clawdbot stop`, `restart`, `scale`: acting on the running node."""

from typing import Annotated

import typer

from apps.core import config
from clawdbot_site.cli.console import note
from clawdbot_site.cli.launching import start_detached
from clawdbot_site.cli.model_start import stop_model
from clawdbot_site.cli.readiness import address
from clawdbot_site.scaling.choosing import scaler
from clawdbot_site.scaling.protocols import Part
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
        int | None,
        typer.Option("--workers", min=1, max=MOST_WORKERS, help="Files read at one time."),
    ] = None,
    web: Annotated[
        int | None,
        typer.Option("--web", min=1, max=MOST_WORKERS, help="Web processes; pods of nodes."),
    ] = None,
) -> None:
    """Have more or fewer processes: under our supervisor, compose or Kubernetes, whichever runs."""
    wanted = {Part.WORKERS: workers, Part.WEB: web}
    if not any(wanted.values()):
        raise typer.BadParameter("say how many", param_hint="--workers or --web")
    name, acting = scaler(config.load())
    for part, count in wanted.items():
        if count is not None:
            note(f"{name}: {acting.scale(part, count)}")
