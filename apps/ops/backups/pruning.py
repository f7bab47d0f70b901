"""Letting go of old snapshots, and of what only they had."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_noop

from apps.ops.backups.folder import SNAPSHOTS
from apps.ops.backups.originals import listed, piece_names
from apps.ops.backups.refusals import BackupDamaged, told
from apps.ops.backups.repository import Repository, path_of, time_of
from apps.ops.backups.retention import Retention, kept
from apps.ops.backups.snapshots import Snapshot

UNREADABLE = gettext_noop(
    "The snapshot %(name)s cannot be read, so no old ones were removed: what it needs is not "
    "known. Bring the folder back from a copy; or give this snapshot up: delete %(path)s."
)
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went. `freed_bytes`: of objects that no snapshot needs any more."""

    removed: list[str]
    kept: list[str]
    freed_objects: int
    freed_bytes: int


def prune(repository: Repository, retention: Retention, report: Report) -> Pruned:
    """Remove the snapshots that the retention does not keep, then what no snapshot needs.

    Snapshots with keys are counted once more among themselves: one without never takes the place
    of one with them.
    Killed anywhere, every snapshot that is listed is whole, and the next call goes on. Raises
    Conflict when another process is at work there; BackupDamaged, before anything is removed, when
    a snapshot that stays cannot be read: what it needs is not known.
    """
    with repository.folder.locked("pruning"):
        names = repository.folder.snapshots()
        times = {name: time_of(name).astimezone(timezone.get_default_timezone()) for name in names}
        with_keys = {name: times[name] for name in names if _has_keys(repository, name)}
        keep = kept(times, retention) | kept(with_keys, retention)
        needed: set[str] = set()
        for done, name in enumerate(sorted(keep)):
            report("snapshots", done, len(keep))
            needed.update(_needed_by(repository, name))
        removed = [name for name in names if name not in keep]
        for name in removed:
            repository.folder.remove(f"{SNAPSHOTS}/{name}")
        repository.folder.settle()  # before what they needed goes
        unused = [name for name in repository.folder.objects() if name not in needed]
        freed = 0
        for done, name in enumerate(unused):
            report("unused objects", done, len(unused))
            freed += repository.folder.remove(path_of(name))
    return Pruned(removed, sorted(keep), len(unused), freed)


def _has_keys(repository: Repository, name: str) -> bool:
    try:
        return repository.snapshot(name).keys is not None
    except BackupDamaged:  # matters only if it stays, and is told then
        return False


def _needed_by(repository: Repository, name: str) -> set[str]:
    try:
        return set(objects_of(repository, repository.snapshot(name)))
    except BackupDamaged as error:
        path = repository.folder.path / SNAPSHOTS / name
        raise told(BackupDamaged, UNREADABLE, name=name, path=path) from error


def objects_of(repository: Repository, snapshot: Snapshot) -> Iterator[str]:
    """The names of all objects that a snapshot needs. Raises BackupDamaged."""
    contents = repository.contents(snapshot)
    yield snapshot.contents
    yield from (one for one in (snapshot.configuration, snapshot.keys) if one)
    yield from (shard.name for table in contents.tables for shard in table.shards)
    yield from contents.originals
    for sha256, size_bytes in listed(repository, contents.originals):
        yield from piece_names(repository, sha256, size_bytes)
