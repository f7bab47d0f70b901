"""`clawdbot front`: nginx and the balancer before the nodes."""

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from apps.core import config
from apps.core.errors import NotFound
from clawdbot_site.cli.console import note, print_json, print_table
from clawdbot_site.front import presence, rendering
from clawdbot_site.front.layout import Front

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
FolderArgument = Annotated[
    Path | None, typer.Argument(help="Folder of the front; `front` in data_dir if left out.")
]


class Switch(StrEnum):
    """Whether people get the maintenance page."""

    ON = "on"
    OFF = "off"


@app.command()
def write(
    folder: FolderArgument = None,
    at: Annotated[
        Path | None, typer.Option(help="Where the folder will lie on the machine of nginx.")
    ] = None,
) -> None:
    """Write nginx's configuration from clawdbot.yaml. A balancer that runs must be told: SIGHUP."""
    front = _front(folder)
    has_changed = rendering.write(front, config.load(), at=at)
    note(f"{'written to' if has_changed else 'unchanged:'} {front.folder}")


@app.command()
def run(
    folder: FolderArgument = None,
    interval: Annotated[
        float, typer.Option(min=0.1, max=60, help="Seconds between questions to a node.")
    ] = 1.0,
) -> None:
    """Write the configuration, then serve until SIGTERM: nginx, and the balancer beside it."""
    front = _front(folder)
    rendering.write(front, config.load())
    balancer = [sys.executable, "-P", "-m", "clawdbot_site.front.balancer", str(front.folder)]
    os.chdir(config.REPOSITORY)
    os.execv(sys.executable, [*balancer, "--interval", str(interval)])  # noqa: S606


@app.command()
def status(
    folder: FolderArgument = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Which nodes get requests, and why the others do not. Exit code 1 when none does, or no
    balancer works: what is shown then is what the last one saw."""
    front = _front(folder)
    if not front.state.is_file():
        raise NotFound(f"No balancer has run in {front.folder}. Start it: clawdbot front run")
    state = json.loads(front.state.read_text(encoding="utf-8"))
    is_running = presence.is_running(front)
    if as_json:
        print_json(state | {"is_closed": front.closed.exists(), "is_running": is_running})
    else:
        rows = [(n["address"], "in" if n["ready"] else "out", n["reason"]) for n in state["nodes"]]
        print_table(("node", "requests", "why"), rows)
        if state["refusal"]:
            note(f"nginx serves by the files that it read before: {state['refusal']}")
        if front.closed.exists():
            note("closed for maintenance")
        if not is_running:
            note("no balancer works now; this is what the last one saw: clawdbot front run")
    is_served = is_running and any(node["ready"] for node in state["nodes"])
    raise typer.Exit(0 if is_served else 1)


@app.command()
def maintenance(
    switch: Annotated[Switch, typer.Argument(help="on: people get the maintenance page.")],
    folder: FolderArgument = None,
) -> None:
    """Close the site or open it again, at once. Who comes from front.monitors gets through."""
    front = _front(folder)
    if not front.configuration.is_file():
        raise NotFound(f"There is no front in {front.folder}. Write it: clawdbot front write")
    if switch is Switch.ON:
        front.closed.touch()
    else:
        front.closed.unlink(missing_ok=True)
    note("closed for maintenance" if switch is Switch.ON else "open")


def _front(folder: Path | None) -> Front:
    return Front((folder or config.load().data_dir / "front").resolve())
