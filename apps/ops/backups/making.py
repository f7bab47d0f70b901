"""The use-case: a whole installation, as it is at one moment, into a folder of backups."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext_noop

from apps.core import clock
from apps.core.errors import Invalid
from apps.core.nodes import node_name
from apps.core.version import VERSION
from apps.knowledge import blobs, changes
from apps.knowledge.models import Chunk, Document
from apps.ops.backups import configuration, schema
from apps.ops.backups.counters import last_keys
from apps.ops.backups.deposit import Deposit
from apps.ops.backups.originals import (
    Copied,
    lists_keep,
    originals_copy,
    originals_needed,
    place_check,
)
from apps.ops.backups.pool import pool
from apps.ops.backups.refusals import told
from apps.ops.backups.repository import (
    Repository,
    is_there,
    repository_create,
    repository_open,
)
from apps.ops.backups.rows import columns_of, shards_of
from apps.ops.backups.running import note, recorded
from apps.ops.backups.snapshots import Contents, Counts, Shard, Snapshot, Table
from apps.ops.packs.snapshot import database_snapshot

NO_PASSPHRASE = gettext_noop(
    "Name the file with a passphrase (--passphrase-file, backup.passphrase_file), without which "
    "nobody will ever read the backups; or begin the folder with: clawdbot backup --unencrypted"
)
KEYS_IN_THE_OPEN = gettext_noop(
    "Keys go into encrypted backups only. Begin a folder with a passphrase."
)
LOST = gettext_noop("It lacks originals that are missing or damaged here: %(n)s.")
Report = Callable[[str, int, int], None]  # what is done, how many of it, of how many (0: unknown)


@dataclass(frozen=True, slots=True)
class BackupOrder:
    """Where to. Without a passphrase a folder is begun only if it `may_be_open` to everybody."""

    place: Path
    passphrase: str | None
    has_keys: bool = False
    is_scheduled: bool = False
    may_be_open: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot, and what it cost. Bytes are those added to the folder."""

    name: str
    snapshot: Snapshot
    new_objects: int
    new_bytes: int


@dataclass(slots=True)
class _Taking:
    deposit: Deposit
    report: Report
    copied: Copied = field(default_factory=Copied)


def backup_create(order: BackupOrder, report: Report) -> Made:
    """Store what is not stored yet, then name the whole as a snapshot. Others go on working.

    The database is read as it is at one moment, and every original that it needs then is in the
    snapshot. Killed anywhere, the folder holds the snapshots that it held, and what was stored is
    not stored again. Raises Conflict when another process is at work there or another backup runs,
    Invalid, WrongPassphrase, SchemaUnknown, BackupDamaged, OSError.
    """
    with recorded(order.place, is_scheduled=order.is_scheduled) as row:
        repository = _opened(order)
        with repository.folder.locked("a backup"):
            made = _taken(repository, order, report)
        if row is not None:
            row.snapshot = made.name
            row.figures = made.snapshot.counts.model_dump() | {"new_bytes": made.new_bytes}
            if made.snapshot.lost:
                note(row, told(Invalid, LOST, n=len(made.snapshot.lost)))
    return made


def _opened(order: BackupOrder) -> Repository:
    if not is_there(order.place):
        if not order.passphrase and not order.may_be_open:
            raise told(Invalid, NO_PASSPHRASE)
        repository = repository_create(order.place, passphrase=order.passphrase)
    else:
        repository = repository_open(order.place, passphrase=order.passphrase)
    if order.has_keys and not repository.is_encrypted:
        raise told(Invalid, KEYS_IN_THE_OPEN)
    return repository


def _taken(repository: Repository, order: BackupOrder, report: Report) -> Made:
    with pool() as workers:
        taking = _Taking(Deposit.into(repository, workers), report)
        place_check()
        # Most of the originals come before the lock: it keeps purges waiting.
        originals_copy(originals_needed(), taking.deposit, taking.copied, report)
        snapshot = _whole(taking, order)
        workers.finish()
    name = repository.snapshot_add(snapshot)
    deposit = taking.deposit
    return Made(name, snapshot, deposit.new_objects, deposit.new_bytes)


def _whole(taking: _Taking, order: BackupOrder) -> Snapshot:
    """All of it, seen at one moment. Removals wait until the originals of that moment are read."""
    deposit = taking.deposit
    with ExitStack() as lock:
        lock.enter_context(blobs.nothing_removed())
        with database_snapshot():
            needed = originals_needed()
            originals_copy(needed, deposit, taking.copied, taking.report)
            lock.close()
            return _described(taking, needed, order)


def _described(taking: _Taking, needed: dict[str, int | None], order: BackupOrder) -> Snapshot:
    deposit, taken_at = taking.deposit, clock.now().astimezone(UTC)
    tables = _tables(deposit, taking.report)
    sizes = {one: size for one, size in taking.copied.sizes.items() if one in needed}
    contents = Contents(tables=tables, originals=lists_keep(sizes, deposit))
    found = configuration.configuration_file(with_secrets=deposit.repository.is_encrypted)
    return Snapshot(
        taken_at=taken_at,
        program=VERSION,
        database=connection.vendor,
        node=node_name(),
        change_seq=changes.latest(),
        migrations=schema.applied(),
        counts=_counts(tables, sizes),
        contents=deposit.keep("contents", contents.model_dump_json().encode()),
        configuration=deposit.keep("configuration", found) if found is not None else None,
        keys=deposit.keep("keys", configuration.keys()) if order.has_keys else None,
        lost=sorted(taking.copied.lost & needed.keys()),
    )


def _tables(deposit: Deposit, report: Report) -> list[Table]:
    models = schema.models_kept()
    last = last_keys(models)
    tables = []
    rows = 0
    for model in models:
        label, shards = schema.label_of(model), []
        for raw in shards_of(model):
            name = deposit.keep(f"rows {label}", raw.content)
            shards.append(Shard(name=name, rows=raw.rows))
            rows += raw.rows
            report(f"rows, {model._meta.db_table}", rows, 0)
        columns = [str(column.column) for column in columns_of(model)]
        counted = last.get(model._meta.db_table, 0)
        tables.append(Table(label=label, columns=columns, shards=shards, last_key=counted))
    return tables


def _counts(tables: list[Table], sizes: dict[str, int]) -> Counts:
    return Counts(
        documents=Document.objects.filter(deleted_at=None).count(),
        chunks=Chunk.objects.count(),
        rows=sum(shard.rows for table in tables for shard in table.shards),
        originals=len(sizes),
        original_bytes=sum(sizes.values()),
    )
