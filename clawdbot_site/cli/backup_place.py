"""Which backups a command means, and what opens them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apps.core.errors import Invalid
from apps.ops.backups import schedule
from apps.ops.backups.repository import Repository, is_encrypted, is_there, repository_open
from apps.ops.backups.snapshots import Snapshot
from clawdbot_site.cli.console import is_terminal

JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
PlaceOption = Annotated[
    Path | None, typer.Option("--to", help="Folder of the backups; default: backup.to.")
]
FromOption = Annotated[
    Path | None, typer.Option("--from", help="Folder of the backups; default: backup.to.")
]
PassphraseOption = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="File of the passphrase; default: that of backup.*"),
]


def place_of(given: Path | None, option: str) -> Path:
    """The folder of the backups. Raises Invalid when none is named."""
    place = given.resolve() if given else schedule.place()
    if place is None:
        raise Invalid(f"Name the folder of the backups: {option} DIR, or backup.to.")
    return place


def passphrase_for(place: Path, given: Path | None) -> str | None:
    """From the file that is named or configured; else a person at a terminal is asked."""
    passphrase = schedule.passphrase_of(given)
    if passphrase is None and is_terminal() and is_there(place) and is_encrypted(place):
        return str(typer.prompt("clawdbot: passphrase of the backups", hide_input=True, err=True))
    return passphrase


def opened(source: Path | None, passphrase_file: Path | None) -> Repository:
    """The backups that are named or configured."""
    place = place_of(source, "--from")
    return repository_open(place, passphrase=passphrase_for(place, passphrase_file))


def facts_of(snapshot: Snapshot) -> dict[str, Any]:
    """What it says of itself, for machines."""
    kept = snapshot.model_dump(exclude={"contents", "configuration", "keys", "migrations"})
    return kept | {"has_keys": snapshot.keys is not None}
