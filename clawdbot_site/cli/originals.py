"""`clawdbot originals`: where the files lie as they were sent, and moving them elsewhere."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from apps.knowledge import blob_places
from apps.knowledge.blob_moving import originals_held, originals_move
from clawdbot_site.cli.console import counted, megabytes, note, out, print_json, print_table
from clawdbot_site.cli.progress import counting

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@app.command()
def status(as_json: JsonOption = False) -> None:
    """What lies where: in storage.originals, and in storage.originals_also if it is set."""
    held = originals_held()
    if as_json:
        print_json([asdict(one) for one in held])
        return
    rows = [(one.address, one.originals, megabytes(one.size_bytes)) for one in held]
    print_table(("place", "originals", "size"), rows)


@app.command()
def move(as_json: JsonOption = False) -> None:
    """Bring all originals from storage.originals_also to storage.originals.

    Each is read back before it is removed there. Go on after an interruption by calling it again;
    the service may run meanwhile. Exit code 1 when a damaged one had to stay.
    """
    with counting("moving originals") as report:
        moved = originals_move(report)
    if as_json:
        print_json(asdict(moved))
    else:
        out.print(
            f"{counted(moved.originals, 'original')} moved, {megabytes(moved.size_bytes)}",
            markup=False,
        )
    for sha256 in moved.damaged:
        note(f"{sha256} is damaged and stays; see: clawdbot index verify")
    sys.exit(1 if moved.damaged else 0)


@app.command()
def adopt() -> None:
    """Say that the configured place is the right one, though the database knows another.

    For when a folder was copied or restored by hand. All nodes must have this place.
    """
    out.print(f"originals are in {blob_places.adopt()}", markup=False)
