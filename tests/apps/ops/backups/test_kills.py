"""Killed anywhere, the backups are sound and the next one goes on where this one was."""

import pytest

from apps.ops.backups.checking import snapshots_check
from apps.ops.backups.folder import PARTIAL
from apps.ops.backups.pruning import prune
from apps.ops.backups.retention import Retention
from apps.ops.models import Backup
from tests.apps.ops.backups.backing import (
    backed_up,
    emptied,
    everything,
    files_of,
    is_killed_at,
    opened,
    quiet,
    restored,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("number", [1, 9, 20])
def test_a_killed_backup_leaves_sound_backups_and_its_work(files, submit, place, number):
    first = backed_up(place, passphrase=None)
    for count in range(20):
        submit(f"later-{count}.txt", f"later {count}")

    assert is_killed_at(number, lambda: backed_up(place, passphrase=None))

    repository = opened(place, None)
    assert repository.folder.snapshots() == [first.name]
    assert snapshots_check(repository, [first.name], quiet).broken == []
    stored = len(files_of(place))
    second = backed_up(place, passphrase=None)
    assert second.new_objects + stored + 1 == len(files_of(place))
    assert not list(place.rglob(f"{PARTIAL}*"))
    assert snapshots_check(repository, [second.name], quiet).broken == []


def test_what_a_killed_backup_stored_goes_when_nobody_needs_it(files, submit, place):
    backed_up(place)
    before = len(files_of(place))
    late = submit("late.txt", "late")
    assert is_killed_at(3, lambda: backed_up(place))
    late.version.document.delete()

    prune(opened(place), Retention(9, 9, 9), quiet)

    assert len(files_of(place)) == before


def test_after_a_kill_in_the_first_backup_the_folder_can_be_used(files, place):
    assert is_killed_at(4, lambda: backed_up(place))
    before = everything()

    backed_up(place)
    emptied()
    restored(place)

    assert everything() == before


def test_a_failed_backup_tells_why(files, place):
    place.mkdir()
    (place / "other").touch()

    with pytest.raises(Exception, match="holds other files"):
        backed_up(place)

    row = Backup.objects.get()
    assert (row.state, "holds other files" in row.message) == ("failed", True)
