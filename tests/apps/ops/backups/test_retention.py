"""Which snapshots are kept, and that the others leave nothing behind."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.ops.backups.pruning import prune
from apps.ops.backups.refusals import BackupDamaged
from apps.ops.backups.retention import Retention, kept
from tests.apps.ops.backups.backing import (
    backed_up,
    emptied,
    everything,
    files_of,
    opened,
    quiet,
    restored,
)

NEWEST = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAYS = {f"{day:03}": NEWEST - timedelta(days=day) for day in range(400)}
LAST_ONLY = Retention(daily=0, weekly=0, monthly=0)


def test_the_last_of_each_day_is_kept():
    twice = {"early": NEWEST - timedelta(hours=5), "late": NEWEST}

    assert kept(twice | {"day": NEWEST - timedelta(days=1)}, Retention(2, 0, 0)) == {"late", "day"}


def test_days_weeks_and_months_are_kept_together():
    # 2026-11-23 is a Monday: the weeks before end on the Sundays before
    assert kept(DAYS, Retention(3, 0, 0)) == {"000", "001", "002"}
    assert kept(DAYS, Retention(0, 3, 0)) == {"000", "001", "008"}
    assert kept(DAYS, Retention(0, 0, 3)) == {"000", "023", "054"}
    assert len(kept(DAYS, Retention(7, 5, 12))) == 7 + 4 + 10


def test_the_newest_is_always_kept():
    assert kept(DAYS, LAST_ONLY) == {"000"}
    assert kept({}, LAST_ONLY) == frozenset()


@pytest.mark.django_db(transaction=True)
def test_what_only_old_snapshots_had_is_gone(files, submit, place):
    backed_up(place)
    submit("new.txt", "new").version.document.collection.documents.exclude(path="new.txt").delete()
    last = backed_up(place)
    before, was = everything(), len(files_of(place))

    pruned = prune(opened(place), LAST_ONLY, quiet)

    assert (pruned.kept, len(pruned.removed)) == ([last.name], 1)
    assert len(files_of(place)) == was - 1 - pruned.freed_objects
    assert pruned.freed_objects >= 3  # three originals at least
    emptied()
    restored(place)
    assert everything()[0] == before[0]


@pytest.mark.django_db(transaction=True)
def test_a_later_snapshot_without_keys_does_not_take_the_place_of_one_with_them(place):
    older, with_keys, last = (backed_up(place, has_keys=has) for has in (True, True, False))

    pruned = prune(opened(place), LAST_ONLY, quiet)

    assert (pruned.removed, pruned.kept) == ([older.name], [with_keys.name, last.name])


@pytest.mark.django_db(transaction=True)
def test_nothing_goes_while_a_snapshot_that_stays_cannot_be_read(files, place):
    backed_up(place)
    last = backed_up(place)
    (place / "snapshots" / last.name).write_bytes(b"rotten")
    before = files_of(place)

    with pytest.raises(BackupDamaged, match=f"delete {place}/snapshots/{last.name}"):
        prune(opened(place), LAST_ONLY, quiet)

    assert files_of(place) == before
