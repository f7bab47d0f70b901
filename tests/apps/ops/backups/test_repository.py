"""Nobody reads a backup without its passphrase, and no changed bit goes unnoticed."""

import json

import pytest

from apps.core.errors import Conflict, Invalid, NotFound
from apps.knowledge import blobs
from apps.ops.backups import repository
from apps.ops.backups.checking import snapshots_check
from apps.ops.backups.refusals import BackupDamaged, WrongPassphrase
from tests.apps.ops.backups.backing import (
    backed_up,
    emptied,
    everything,
    files_of,
    opened,
    quiet,
    restored,
)

pytestmark = pytest.mark.django_db(transaction=True)


def checked(place):
    found = opened(place)
    return snapshots_check(found, found.folder.snapshots(), quiet)


def test_nothing_of_what_is_stored_can_be_read_in_the_folder(files, place):
    backed_up(place)
    names = {version.version.content_sha256 for version in files}

    stored = [path.read_bytes() for path in files_of(place)]

    assert not any(b"Secret" in content or b"0.txt" in content for content in stored)
    assert not names & {path.name for path in files_of(place)}


@pytest.mark.parametrize("passphrase", [None, "", "something else"])
def test_another_passphrase_opens_nothing(files, place, passphrase):
    backed_up(place)

    with pytest.raises(WrongPassphrase):
        opened(place, passphrase)


def test_a_folder_whose_encryption_was_taken_away_gets_no_backup(files, place, tmp_path):
    backed_up(place)
    backed_up(tmp_path / "theirs", passphrase=None)
    header = repository.HEADER

    (place / header).write_bytes((tmp_path / "theirs" / header).read_bytes())

    with pytest.raises(WrongPassphrase, match="are not encrypted"):
        backed_up(place)


@pytest.mark.parametrize(
    ("wrong", "value"), [("salt", "zz"), ("n", 3), ("n", 2**22), ("master", "no digits")]
)
def test_a_damaged_header_is_told_in_a_line(files, place, wrong, value):
    backed_up(place)
    header = json.loads((place / repository.HEADER).read_text())
    (header if wrong in header else header["passphrase"])[wrong] = value
    (place / repository.HEADER).write_text(json.dumps(header))

    with pytest.raises(BackupDamaged, match="cannot be read"):
        opened(place)


def test_without_a_passphrase_the_folder_is_open_and_still_checked(files, place):
    backed_up(place, passphrase=None)
    before = everything()
    emptied()

    restored(place, passphrase=None)

    assert everything() == before
    with pytest.raises(Invalid, match="encrypted backups only"):
        backed_up(place, passphrase=None, has_keys=True)


@pytest.mark.parametrize("passphrase", ["a passphrase", None])
def test_a_changed_bit_is_found_wherever_it_is(files, place, passphrase):
    backed_up(place, passphrase=passphrase)
    there = opened(place, passphrase)
    for path in files_of(place)[::7]:
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

        found = snapshots_check(there, there.folder.snapshots(), quiet)

        assert found.broken == there.folder.snapshots()
        (place / "damaged" / path.name).unlink(missing_ok=True)
        path.write_bytes(content)


def test_two_objects_in_each_others_place_are_found(files, place):
    backed_up(place)
    one, two = [path for path in files_of(place) if len(path.name) == 64][:2]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)

    assert set(checked(place).damaged) >= {one.name, two.name} or checked(place).broken


def test_what_is_damaged_is_stored_anew_by_the_next_backup(files, place):
    made = backed_up(place)
    for path in files_of(place):
        if len(path.name) == 64:
            path.write_bytes(b"rotten")
            break
    assert checked(place).broken == [made.name]

    backed_up(place)

    assert checked(place).broken == []


def test_a_missing_original_of_the_backup_is_named(files, place):
    backed_up(place)
    emptied()
    for path in files_of(place):
        if len(path.name) == 64 and path.stat().st_size < 100:
            path.unlink()

    with pytest.raises(BackupDamaged):
        restored(place)
    assert not list(blobs.names("00"))


def test_a_folder_with_other_files_is_left_alone(files, place):
    place.mkdir()
    (place / "holiday.jpg").touch()

    with pytest.raises(Invalid, match="holds other files"):
        backed_up(place)


def test_two_at_a_time_are_one_too_many(files, place):
    backed_up(place)

    with opened(place).folder.locked("a test"), pytest.raises(Conflict, match="a test by process"):
        backed_up(place)


def test_of_several_in_one_second_the_last_is_the_newest(files, place):
    snapshot, there = backed_up(place).snapshot, opened(place)
    moments = [snapshot.taken_at.replace(microsecond=number) for number in range(9)]

    names = [
        there.snapshot_add(snapshot.model_copy(update={"taken_at": moment})) for moment in moments
    ]

    assert names == sorted(names)


def test_a_snapshot_that_is_not_there_is_told(files, place):
    with pytest.raises(NotFound, match="There are no backups"):
        restored(place)
    backed_up(place)
    with pytest.raises(NotFound, match="no snapshot 1999"):
        restored(place, "1999")
