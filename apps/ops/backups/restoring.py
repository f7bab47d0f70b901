"""The use-case: a snapshot into an installation that holds nothing yet."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from apps.core import config
from apps.ops.backups import configuration, schema
from apps.ops.backups.emptiness import require_empty
from apps.ops.backups.loading import rows_load
from apps.ops.backups.originals import is_kept, listed, original_bytes, original_keep
from apps.ops.backups.repository import Repository, repository_open
from apps.ops.backups.snapshots import Snapshot

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
    Originals come first: killed before the rows are there, the same call goes on. Indexes are built
    from the rows by the next start. Raises NotEmpty, SchemaUnknown, WrongPassphrase,
    BackupDamaged, NotFound, Conflict, OSError.
    """
    repository = repository_open(order.place, passphrase=order.passphrase)
    name = repository.named(order.snapshot)
    snapshot = repository.snapshot(name)
    contents = repository.contents(snapshot)
    schema.require_known(snapshot.migrations)
    require_empty()
    report("tables", 0, 0)
    schema.tables_make(snapshot.migrations)
    _originals(repository, contents.originals, snapshot.counts.originals, report)
    changed = rows_load(repository, contents.tables, report)
    call_command("migrate", interactive=False, verbosity=0)
    if snapshot.keys:
        configuration.keys_put_back(repository.get(snapshot.keys))
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
