"""Each snapshot is whole; only what is new takes space."""

import fcntl

import pytest

from apps.core import config
from apps.knowledge import blobs
from apps.knowledge.models import Version
from apps.ops.backups import making, originals, restoring
from apps.ops.backups.originals import PIECE_BYTES
from apps.ops.models import Backup
from tests.apps.ops.backups import backing
from tests.apps.ops.backups.backing import backed_up, emptied, everything, quiet, restored

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_new_takes_no_space(files, place):
    first = backed_up(place)

    again = backed_up(place)

    assert (first.new_objects > 0, again.new_objects, again.new_bytes) == (True, 0, 0)


def test_a_new_document_takes_the_space_of_what_it_changes(files, submit, place):
    first = backed_up(place)
    submit("new.txt", "new")

    second = backed_up(place)

    # its original, the list of originals; its rows in documents, versions, jobs; the contents
    assert 0 < second.new_objects <= 8 < first.new_objects
    assert second.snapshot.counts.originals == 4


def test_a_large_original_is_stored_in_pieces(submit, place):
    text = "0123456789" * (PIECE_BYTES // 5)
    submit("large.txt", text)
    backed_up(place)
    emptied()

    restored(place)

    assert b"".join(blobs.read(Version.objects.get().content_sha256)) == text.encode()


def test_an_original_whose_size_is_that_of_pieces_comes_back(submit, place):
    submit("exact.txt", "x" * PIECE_BYTES)
    before = everything()
    backed_up(place)
    emptied()

    restored(place)

    assert everything() == before


def test_a_lost_original_is_told_and_the_rest_is_stored(files, place):
    lost = files[0].version.content_sha256
    blobs.remove(lost)

    made = backed_up(place)

    assert made.snapshot.lost == [lost]
    assert made.snapshot.counts.originals == 2
    assert "missing or damaged here: 1." in Backup.objects.get().message


def test_what_is_lost_here_stays_in_the_backups(files, place):
    backed_up(place)
    blobs.remove(files[0].version.content_sha256)

    again = backed_up(place).snapshot

    assert (again.lost, again.counts.originals) == ([], 3)


def test_what_is_purged_while_it_is_read_is_not_in_it(files, place, monkeypatch):
    gone, hash_of = files[0].document, originals._hash_of

    def purged(sha256):
        if gone.versions.filter(content_sha256=sha256).exists():
            gone.delete()
            raise FileNotFoundError
        return hash_of(sha256)

    monkeypatch.setattr(originals, "_hash_of", purged)

    made = backed_up(place).snapshot

    assert (made.lost, made.counts.originals) == ([], 2)


def test_lost_and_damaged_originals_are_brought_back(files, place):
    backed_up(place)
    before = everything()
    blobs.remove(files[0].version.content_sha256)
    damaged = files[1].version.content_sha256
    (config.load().data_dir / "blobs" / damaged[:2] / damaged).write_bytes(b"rotten")

    order = restoring.RestoreOrder(place, backing.PASSPHRASE)
    done = restoring.originals_bring_back(order, quiet)

    assert (done.lost, done.back) == (2, 2)
    assert everything() == before


def test_no_original_goes_before_the_snapshot_has_it(files, place, monkeypatch):
    copy, held = making.originals_copy, []

    def watched(*arguments):
        with (config.load().data_dir / "run" / "originals.lock").open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                held.append(False)
            except BlockingIOError:
                held.append(True)
        copy(*arguments)

    monkeypatch.setattr(making, "originals_copy", watched)
    backed_up(place)

    assert held == [False, True]
