"""Any file of an index may be damaged: searches go on, it is found, set aside and made anew."""

import json
import os

import pytest

from apps.knowledge import changes
from apps.knowledge.access import Scope
from apps.knowledge.models import Change, Version, VersionState
from apps.retrieval import embedding, index_damage, index_following, index_repair, indexer
from apps.retrieval.index_files import check_request, folder_of
from apps.retrieval.index_snapshot import _opener
from apps.retrieval.search import search
from apps.retrieval.vector import codes, dense
from apps.retrieval.verify import verify
from apps.retrieval.verifying.findings import Drift, Place, nothing_shown
from tests.apps.retrieval.indexing import found, indexed
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db

TEXTS = [f"the vault number {n} opens at {n + 3} with the key of room {n * 7}" for n in range(30)]
FILES = ["vectors", "codes", "rows", "dead", "CURRENT", "manifest.json", "meta.json",
         ".managed.json", ".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term",
         ".del"]  # fmt: skip
SPOILERS = {
    "a bit at the beginning": lambda content: flipped(content, 0),
    "a bit further on": lambda content: flipped(content, len(content) // 3),
    "a bit in the middle": lambda content: flipped(content, len(content) // 2),
    "a bit at the end": lambda content: flipped(content, len(content) - 1),
    "cut off": lambda content: content[:-1],
    "emptied": lambda content: b"",
}


def flipped(content, at):
    if not content:
        return b"?"
    return content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]


@pytest.fixture
def chunks(reader, monkeypatch):
    """Thirty passages, of which the last was retired: there are dead rows and deleted words.

    As where there are many, vectors are searched by their codes.
    """
    monkeypatch.setattr(codes, "LEAST_ROWS", 20)
    monkeypatch.setattr(dense, "EXACT_ROWS", 0)
    chunks = indexed(*TEXTS, collection=CollectionFactory(readers=[reader]))
    Version.objects.filter(pk=chunks[-1].version_id).update(state=VersionState.DEAD)
    changes.record(Change.Kind.RETIRE, [chunks[-1].version_id])
    indexer.catch_up()
    return chunks[:-1]


@pytest.fixture
def folder(chunks):
    return folder_of(embedding.current_generation().pk)


def files_like(folder, name):
    """The files of the published state with this name or ending; vanished kinds skip the test."""
    pointer = json.loads((folder / "CURRENT").read_bytes())
    manifest = folder / f"{pointer['generation']:06d}" / "manifest.json"
    named = json.loads(manifest.read_bytes())
    paths = [folder / file["path"] for file in named["lexical"]]
    for segment in named["segments"]:
        paths += [folder / part["path"] for part in segment.values() if isinstance(part, dict)]
    paths += [folder / "CURRENT", manifest]
    chosen = [path for path in paths if path.name.startswith(name) or path.name.endswith(name)]
    return chosen or pytest.skip(f"an index has no {name} files")


def replaced(path, content):
    """As a file system that lost the bytes has it: links to the file see the same."""
    fresh = path.with_name("fresh")
    fresh.write_bytes(content)
    fresh.replace(path)
    _opener.cache_clear()  # as a process that opens the index now


@pytest.mark.parametrize("how", SPOILERS)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_found_and_healed_while_searches_go_on(name, how, chunks, folder, reader):
    path = files_like(folder, name)[0]
    replaced(path, SPOILERS[how](path.read_bytes()))

    during = found("vault number 3", Scope.of(reader), reading=False)
    report = verify()
    index_repair.repair_index(report, nothing_shown)

    assert during
    assert (Place.FILES, Drift.CORRUPT) in {(one.place, one.drift) for one in report.findings}
    assert verify().is_clean
    assert found("vault number 3", Scope.of(reader), top_k=50, reading=False)
    assert index_damage.latest()[0]["path"].endswith(path.name)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_vanished_is_made_anew(name, chunks, folder, reader):
    path = files_like(folder, name)[0]
    path.unlink()
    _opener.cache_clear()

    index_following.catch_up_here(check_content=True)

    assert verify().is_clean
    assert set(found("vault", Scope.of(reader), top_k=50)) == {chunk.pk for chunk in chunks}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_made_anew(name, chunks, folder, reader):
    path = files_like(folder, name)[0]
    path.unlink()
    path.mkdir()  # reading it fails, as of a file without permission, also for root
    _opener.cache_clear()

    during = found("vault number 3", Scope.of(reader), reading=False)
    index_following.catch_up_here(check_content=True)

    assert during
    assert verify().is_clean


def test_vectors_cut_off_under_a_search_are_told_and_healed(chunks, folder, reader):
    _opener.cache_clear()
    found("vault", Scope.of(reader), reading=False)  # from here on the files are open
    os.truncate(files_like(folder, "vectors")[0], 5_000)

    during = search("vault number 3", scope=Scope.of(reader), reading=False)
    is_asked = check_request(folder).exists()
    index_following.catch_up_here(check_content=True)

    assert during.hits
    assert during.degraded == ("dense: the index is damaged and is being repaired",)
    assert is_asked
    assert verify().is_clean


def test_damaged_words_leave_the_vectors_as_they_are(chunks, folder, monkeypatch):
    from apps.retrieval import index_staging

    path = files_like(folder, ".term")[0]
    replaced(path, flipped(path.read_bytes(), 40))

    monkeypatch.setattr(index_staging, "write_segment", None)  # would be called to write vectors
    index_following.catch_up_here(check_content=True)

    assert verify().is_clean


def test_the_record_tells_what_was_expected_and_what_was_there(chunks, folder):
    path = files_like(folder, "vectors")[0]
    size_bytes = path.stat().st_size
    replaced(path, b"not vectors")

    index_following.catch_up_here()

    incident = index_damage.latest()[0]
    assert (incident["expected_bytes"], incident["found_bytes"]) == (size_bytes, 11)
    assert len(incident["expected_sha256"]) == len(incident["found_sha256"]) == 64
    assert "quarantine" in incident["done"]


def test_the_record_outlives_the_quarantine(chunks, folder):
    replaced(files_like(folder, "rows")[0], b"")
    index_following.catch_up_here()

    for path in (folder / "quarantine").iterdir():
        path.unlink()
    index_repair.repair_index(verify(), nothing_shown)

    assert index_damage.latest()
