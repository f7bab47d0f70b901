"""Originals as the rest of the program sees them, wherever they lie."""

import errno
import hashlib
import os
import time
from unittest.mock import Mock

import pytest

from apps.core.errors import Retryable, TooLarge
from apps.knowledge import blob_moving, blob_places, blobs
from apps.knowledge.blob_stores import aside
from apps.knowledge.blob_stores.database import DatabaseStore
from apps.knowledge.blob_stores.folder import FolderStore
from apps.knowledge.models import OriginalsPlace
from tests.factories import VersionFactory

pytestmark = pytest.mark.django_db
NOBODYS = "0" * 64


@pytest.fixture
def places(tmp_path, configured):
    """Sets both places; a name stands for a folder."""
    blob_places._accepted.clear()

    def set_to(originals, also="", **values):
        first, second = (
            str(tmp_path / one) if one and "/" not in one and one != "database" else one
            for one in (originals, also)
        )
        configured("storage", originals=first, originals_also=second, **values)
        blob_places._accepted.clear()

    set_to("first")
    yield set_to
    blob_places._accepted.clear()


@pytest.fixture(params=["folder", "database", "s3"])
def anywhere(request, places):
    """The configured place is each kind in turn."""
    if request.param == "s3":
        request.getfixturevalue("s3")
        settings = request.getfixturevalue("s3_settings").model_dump(include={"s3_endpoint"})
        places("s3://originals/kb", s3_access_key="key", s3_secret_key="secret", **settings)
    else:
        places("database" if request.param == "database" else "first")


def stored(content):
    with blobs.incoming([content]) as blob, blobs.no_removal(blob.sha256):
        blob.keep()
    return blob.sha256


def leftovers(tmp_path):
    folders = (aside.folder(), tmp_path / "first")
    return [path for folder in folders for path in folder.glob(f"{aside.PREFIX}*")]


def test_what_is_kept_is_at_hand_as_a_file_and_no_copy_stays(anywhere, tmp_path):
    sha256 = stored(b"the original")

    with blobs.at_hand(sha256) as path:
        assert path.read_bytes() == b"the original"

    assert leftovers(tmp_path) == []
    assert b"".join(blobs.read(sha256, 4, 8)) == b"original"


def test_what_is_not_kept_is_gone_after_the_block(anywhere, tmp_path):
    with blobs.incoming([b"unwanted"]) as blob:
        assert blob.path.read_bytes() == b"unwanted"

    assert not blobs.exists(blob.sha256)
    assert leftovers(tmp_path) == []


def test_what_is_missing_is_said(anywhere):
    assert blobs.size_of(NOBODYS) is None
    with pytest.raises(FileNotFoundError):
        blobs.read(NOBODYS)
    with pytest.raises(FileNotFoundError), blobs.at_hand(NOBODYS):
        pass


def test_too_much_is_refused_unless_it_is_a_pack(places, configured, tmp_path):
    configured("ingest", max_file="3B")

    with pytest.raises(TooLarge), blobs.incoming([b"ab", b"cd"]):
        pass

    assert leftovers(tmp_path) == []
    with blobs.incoming([b"abcd"], is_limited=False) as blob:
        assert blob.size_bytes == 4


def test_a_disk_that_fills_up_meanwhile_is_told_as_such(places, monkeypatch, tmp_path):
    blob_places.required().mark()
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(os, "fsync", Mock(side_effect=full))

    with pytest.raises(Retryable, match="nearly full"), blobs.incoming([b"a"]):
        pass

    assert leftovers(tmp_path) == []


def test_what_a_killed_process_left_aside_goes_and_what_is_in_use_stays(places):
    places("database")
    with blobs.incoming([b"in use"]) as blob:
        dead = aside.folder() / f"{aside.PREFIX}dead"
        dead.write_bytes(b"left")
        for path in (dead, blob.path):
            os.utime(path, (time.time() - 3600,) * 2)

        blobs.remove_abandoned()

        assert (dead.exists(), blob.path.exists()) == (False, True)


def test_a_folder_that_is_not_mounted_takes_nothing_and_loses_nothing(places, tmp_path):
    sha256 = stored(b"the original")
    VersionFactory(content_sha256=sha256, has_blob=True)
    (tmp_path / "first").rename(tmp_path / "away")
    (tmp_path / "first").mkdir()

    for act in (lambda: stored(b"new"), lambda: blobs.remove(sha256), lambda: blobs.exists(sha256)):
        with pytest.raises(Retryable) as refused:
            act()
        assert refused.value.code == "originals_elsewhere"


@pytest.mark.parametrize("act", [blobs.exists, lambda sha256: next(blobs.read(sha256))])
def test_a_mounted_folder_that_went_away_is_tried_again_later(places, monkeypatch, act):
    sha256 = stored(b"the original")

    def gone(*_, **__):
        raise OSError(errno.ESTALE, "Stale file handle")

    for name in ("stat", "open"):
        monkeypatch.setattr(type(blob_places.store().path_of(sha256)), name, gone)
    with pytest.raises(Retryable) as refused:
        act(sha256)

    assert (refused.value.code, refused.value.reason) == ("originals_away", "Stale file handle")


def test_a_folder_without_links_gets_its_mark_too(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)

    assert FolderStore(tmp_path).mark() == FolderStore(tmp_path).mark() != ""


def test_a_second_node_with_a_private_folder_is_refused_until_it_is_adopted(places):
    VersionFactory(content_sha256=stored(b"of the first node"), has_blob=True)
    places("private")
    with pytest.raises(Retryable):
        stored(b"of the second node")

    blob_places.adopt()

    assert blobs.exists(stored(b"of the second node"))


def test_a_node_that_has_the_same_folder_by_another_path_is_welcome(places, tmp_path):
    sha256 = stored(b"the original")
    VersionFactory(content_sha256=sha256, has_blob=True)
    (tmp_path / "mounted").symlink_to(tmp_path / "first")

    places("mounted")

    assert blobs.exists(sha256)
    assert OriginalsPlace.objects.count() == 1


def test_originals_move_from_a_folder_to_the_database_and_are_found_all_the_time(places, tmp_path):
    hashes = [stored(content) for content in (b"one", b"two", b"")]
    VersionFactory(content_sha256=hashes[0], has_blob=True)
    places("database", "first")
    assert all(blobs.exists(one) for one in hashes)

    moved = blob_moving.originals_move(lambda *_: None)

    assert (moved.originals, moved.size_bytes, moved.damaged) == (3, 6, [])
    assert all(DatabaseStore().size_of(one) is not None for one in hashes)
    assert [one.originals for one in blob_moving.originals_held()] == [3, 0]
    assert blob_moving.originals_move(lambda *_: None).originals == 0


def test_a_move_that_was_killed_between_storing_and_removing_goes_on(places, tmp_path):
    sha256 = stored(b"one")
    with blobs.at_hand(sha256) as path:
        DatabaseStore().keep(sha256, path)
    places("database", "first")

    assert blob_moving.originals_move(lambda *_: None).originals == 1

    assert b"".join(DatabaseStore().read(sha256)) == b"one"
    assert FolderStore(tmp_path / "first").size_of(sha256) is None


def test_a_damaged_original_stays_where_it_is_and_is_named(places, tmp_path):
    sha256 = stored(b"one")
    FolderStore(tmp_path / "first").path_of(sha256).write_bytes(b"0ne")
    places("database", "first")

    assert blob_moving.originals_move(lambda *_: None).damaged == [sha256]

    assert FolderStore(tmp_path / "first").size_of(sha256) == 3


def test_a_deletion_while_they_move_takes_both_copies(places, tmp_path):
    sha256 = stored(b"one")
    with blobs.at_hand(sha256) as path:
        DatabaseStore().keep(sha256, path)
    places("database", "first")

    assert blobs.remove(sha256)

    assert [one.originals for one in blob_moving.originals_held()] == [0, 0]


def test_who_reads_while_an_original_is_moved_reads_on_where_it_went(places, tmp_path):
    content = os.urandom(3 * 2**20)
    places("database")
    sha256 = stored(content)
    places("second", "database")

    reading = blobs.read(sha256)
    first = next(reading)
    blob_moving.originals_move(lambda *_: None)

    assert hashlib.sha256(first + b"".join(reading)).hexdigest() == sha256


@pytest.mark.parametrize("anywhere", ["s3"], indirect=True)
def test_a_versioned_bucket_keeps_nothing_of_what_was_removed(anywhere, s3):
    s3.put_bucket_versioning(Bucket="originals", VersioningConfiguration={"Status": "Enabled"})
    sha256 = stored(b"twice")
    stored(b"twice")

    blobs.remove(sha256)

    assert "Versions" not in s3.list_object_versions(Bucket="originals")


@pytest.mark.parametrize("anywhere", ["s3"], indirect=True)
def test_a_store_that_does_not_answer_is_tried_again_later(anywhere, places):
    places("s3://originals/kb", s3_endpoint="http://127.0.0.1:9", s3_region="us-east-1")

    with pytest.raises(Retryable) as refused:
        blobs.exists(NOBODYS)

    assert refused.value.code == "originals_away"
