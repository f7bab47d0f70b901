"""The contract of places for originals: a folder, the database, S3, and two of them at once."""

import hashlib
import os

import pytest

from apps.knowledge.blob_stores import aside

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("store", ["folder", "database", "s3", "both"], indirect=True),
]
LARGE = os.urandom(2 * 2**20 + 12345)  # more than one row, more than one block
NOBODYS = "0" * 64


def kept(store, content):
    sha256 = hashlib.sha256(content).hexdigest()
    store.mark()
    with aside.temporary(store.aside()) as (file, path):
        file.write(content)
        file.flush()
        store.keep(sha256, path)
    return sha256


def content_of(store, sha256, *span):
    return b"".join(store.read(sha256, *span))


@pytest.mark.parametrize("content", [b"", b"a", LARGE, LARGE[: 2**20], LARGE[: 2**21]])
def test_what_is_kept_is_read_again_byte_for_byte(store, content):
    sha256 = kept(store, content)

    assert store.size_of(sha256) == len(content)
    assert content_of(store, sha256) == content


@pytest.mark.parametrize(
    ("start", "size_bytes"),
    [(0, 10), (5, None), (2**20 - 3, 6), (2**20, 2**20), (100, 2 * 2**20), (len(LARGE), None),
     (len(LARGE) - 1, 10), (7, 0)],
)  # fmt: skip
def test_any_part_can_be_read(store, start, size_bytes):
    sha256 = kept(store, LARGE)
    stop = None if size_bytes is None else start + size_bytes

    assert content_of(store, sha256, start, size_bytes) == LARGE[start:stop]


def test_what_is_not_there_is_said_at_the_call(store):
    assert store.size_of(NOBODYS) is None
    with pytest.raises(FileNotFoundError):
        store.read(NOBODYS)
    with pytest.raises(FileNotFoundError):
        store.read(NOBODYS, 3, 0)


def test_the_same_bytes_twice_are_there_once(store):
    assert kept(store, b"twice") == kept(store, b"twice")

    sha256 = hashlib.sha256(b"twice").hexdigest()
    assert list(store.names(sha256[:2])) == [sha256]
    assert content_of(store, sha256) == b"twice"


def test_removed_is_gone_and_a_second_removal_finds_nothing(store):
    sha256 = kept(store, LARGE)

    assert [store.remove(sha256), store.remove(sha256)] == [True, False]
    assert store.size_of(sha256) is None
    assert list(store.names(sha256[:2])) == []


def test_names_are_those_of_one_part(store):
    stored = {kept(store, str(number).encode()) for number in range(40)}

    for part in ("00", "5f", "ff"):
        assert set(store.names(part)) == {one for one in stored if one.startswith(part)}
    assert set.union(*(set(store.names(f"{n:02x}")) for n in range(256))) == stored


def test_a_place_keeps_its_identity(store):
    assert store.mark() == store.mark() == store.identity()


def test_removing_what_was_abandoned_leaves_what_is_kept(store):
    sha256 = kept(store, b"kept")

    store.remove_abandoned()

    assert content_of(store, sha256) == b"kept"
