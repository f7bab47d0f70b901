"""Reading backups again: every byte of a snapshot, or of all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.core.errors import ClawdbotError
from apps.ops.backups.pool import ahead
from apps.ops.backups.pruning import objects_of
from apps.ops.backups.refusals import BackupDamaged
from apps.ops.backups.repository import Repository, path_of

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """How many objects were read; the names of those that are damaged or missing, and of the
    snapshots that need one of them."""

    objects: int
    damaged: list[str]
    broken: list[str]


def snapshots_check(repository: Repository, names: Sequence[str], report: Report) -> Checked:
    """Read every object that the snapshots need. What is damaged is set aside: the next backup
    stores it anew, if it is still there to be stored. Raises Conflict when somebody works there.
    """
    with repository.folder.locked("checking"):
        needed, broken = _needed(repository, names)
        damaged: set[str] = set()
        every = sorted({name for objects in needed.values() for name in objects})
        for done, (name, is_fine) in enumerate(ahead(lambda one: _opens(repository, one), every)):
            report("objects", done, len(every))
            if not is_fine:
                damaged.add(name)
                repository.folder.set_aside(path_of(name))
    broken.update(name for name, objects in needed.items() if objects & damaged)
    return Checked(len(every), sorted(damaged), sorted(broken))


def _needed(repository: Repository, names: Sequence[str]) -> tuple[dict[str, set[str]], set[str]]:
    needed: dict[str, set[str]] = {}
    broken = set()
    for name in names:
        needed[name] = set()
        try:
            needed[name].update(objects_of(repository, repository.snapshot(name)))
        except BackupDamaged:
            broken.add(name)
    return needed, broken


def _opens(repository: Repository, name: str) -> bool:
    try:
        repository.get(name)
    except ClawdbotError:
        return False
    return True
