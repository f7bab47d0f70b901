"""`clawdbot restore`: a backup into an installation that holds nothing yet."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from apps.core import config
from apps.core.errors import Conflict
from apps.ops.backups.restoring import (
    Restored,
    RestoreOrder,
    originals_bring_back,
    snapshot_restore,
)
from clawdbot_site.cli.backup_place import (
    FromOption,
    JsonOption,
    PassphraseOption,
    facts_of,
    passphrase_for,
    place_of,
)
from clawdbot_site.cli.console import counted, note, out, print_json
from clawdbot_site.cli.ending import ending_cleanly
from clawdbot_site.cli.progress import counting
from clawdbot_site.supervision import control

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def restore(
    snapshot: Annotated[str, typer.Argument(help="Its name, or how it begins.")] = "",
    source: FromOption = None,
    passphrase_file: PassphraseOption = None,
    originals: Annotated[
        bool, typer.Option("--originals", help="Only bring back originals that are lost here.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put the newest snapshot back, or this one, whatever database it was taken of.

    Refused where anything is: give the installation a fresh data folder, an empty database.
    """
    place = place_of(source, "--from")
    order = RestoreOrder(place, passphrase_for(place, passphrase_file), snapshot)
    if originals:
        _bring_back(order, as_json=as_json)
        return
    if control.is_running(config.load()):
        raise Conflict("Clawdbot runs here. Stop it first: clawdbot stop")
    with ending_cleanly(), counting("looking at the backup") as report:
        restored = snapshot_restore(order, report)
    if as_json:
        done = {"name": restored.name, "changed": restored.changed}
        written = {"configuration": restored.configuration}
        print_json(done | written | facts_of(restored.snapshot))
    else:
        _tell(restored)


def _bring_back(order: RestoreOrder, *, as_json: bool) -> None:
    with ending_cleanly(), counting("looking at the originals") as report:
        done = originals_bring_back(order, report)
    if as_json:
        print_json(asdict(done))
    else:
        note(f"{counted(done.lost, 'original')} missing or damaged, {done.back} back")
    sys.exit(0 if done.back == done.lost else 1)


def _tell(restored: Restored) -> None:
    snapshot, counts = restored.snapshot, restored.snapshot.counts
    note(f"{counted(counts.documents, 'document')}, {counted(counts.chunks, 'passage')}, "
         f"{counted(counts.originals, 'original')} of "
         f"{snapshot.taken_at:%Y-%m-%d %H:%M} UTC are here")  # fmt: skip
    for column, count in restored.changed.items():
        values = counted(count, "value")
        note(f"{values} of {column} cut or cleaned, for this database")
    if snapshot.lost:
        note(f"{counted(len(snapshot.lost), 'original')} missing when it was taken")
    if restored.configuration:
        note(f"the configuration of the backup is in {restored.configuration}: compare, then start")
    if not snapshot.keys:
        note("its keys were not in it: everybody signs in anew")
    note("what was deleted after it was taken is here again: delete it again")
    note("language models are not in backups: clawdbot model list tells which to add again")
    out.print("clawdbot start", markup=False)
