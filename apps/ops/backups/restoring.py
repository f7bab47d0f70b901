"""The use-case: a snapshot into an installation that holds nothing yet."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from apps.core import config
from apps.ops.backups import configuration, schema
from apps.ops.backups.emptiness import require_empty, require_nobody
from apps.ops.backups.loading import rows_load
from apps.ops.backups.originals import (
    is_kept,
    is_sound,
    listed,
    original_bytes,
    original_keep,
    originals_needed,
)
from apps.ops.backups.repository import Repository, repository_open
from apps.ops.backups.snapshots import Snapshot

ORIGINALS_HAVE_A_PLACE = ("knowledge", "0010_originals")  # which the database knows
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RestoreOrder:
    """From where, and which: the name of a snapshot, or how it begins; empty: the newest."""

    place: Path
    passphrase: str | None
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What is here now. `changed`: values that this database took only after a change, by column;
    `configuration`: where clawdbot.yaml of the backup was written, None when that was not needed.
    """

    name: str
    snapshot: Snapshot
    changed: dict[str, int]
    configuration: Path | None


def snapshot_restore(order: RestoreOrder, report: Report) -> Restored:
    """Put a snapshot back, whatever database it was taken of. Nothing of ours may run meanwhile.

    Tables are made as they were, filled in one transaction and then brought up to this program.
    Originals come first (unless their tables are older than that), then keys: killed before the
    rows are there, the same call goes on. Indexes are built from the rows by the next start. Raises
    NotEmpty, SchemaUnknown, WrongPassphrase, BackupDamaged, NotFound, Conflict, OSError.
    """
    repository = repository_open(order.place, passphrase=order.passphrase)
    name = repository.named(order.snapshot)
    snapshot = repository.snapshot(name)
    contents = repository.contents(snapshot)
    schema.require_known(snapshot.migrations)
    require_empty()
    require_nobody()
    if schema.applied() != sorted(snapshot.migrations):
        report("tables", 0, 0)
        schema.tables_make(snapshot.migrations)
    are_first = ORIGINALS_HAVE_A_PLACE in snapshot.migrations
    if are_first:
        _originals(repository, contents.originals, snapshot.counts.originals, report)
    if snapshot.keys:
        configuration.keys_put_back(repository.get(snapshot.keys))
    changed = rows_load(repository, contents.tables, report)
    call_command("migrate", interactive=False, verbosity=0)
    if not are_first:
        _originals(repository, contents.originals, snapshot.counts.originals, report)
    written = None
    if snapshot.configuration:
        content = repository.get(snapshot.configuration)
        written = configuration.configuration_put_back(content)
    shutil.rmtree(config.load().data_dir / "index", ignore_errors=True)  # of other rows
    return Restored(name, snapshot, dict(changed), written)


def _originals(repository: Repository, lists: Sequence[str], total: int, report: Report) -> None:
    for done, (sha256, size_bytes) in enumerate(listed(repository, lists)):
        report("originals", done, total)
        if not is_kept(sha256, size_bytes):
            original_keep(sha256, original_bytes(repository, sha256, size_bytes))


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """How many originals were lost here, and how many of them were in the backup."""

    lost: int
    back: int


def originals_bring_back(order: RestoreOrder, report: Report) -> BroughtBack:
    """Put back the originals that this installation needs and has lost, of one snapshot. It may
    run meanwhile. Raises as `snapshot_restore`.
    """
    repository = repository_open(order.place, passphrase=order.passphrase)
    snapshot = repository.snapshot(repository.named(order.snapshot))
    kept = dict(listed(repository, repository.contents(snapshot).originals))
    needed = originals_needed()
    lost = back = 0
    for done, sha256 in enumerate(sorted(needed)):
        report("originals", done, len(needed))
        if is_sound(sha256):
            continue
        lost += 1
        if sha256 in kept:
            original_keep(sha256, original_bytes(repository, sha256, kept[sha256]))
            back += 1
    return BroughtBack(lost, back)
