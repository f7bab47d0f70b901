"""A small knowledge base that is really embedded and indexed, and hits made by hand."""

import uuid

import pytest

from apps.core.traffic.room import Room
from apps.core.traffic.sqlite_store import SqliteStore
from apps.generation import admission, limits
from apps.knowledge.access import Scope
from apps.retrieval import indexer
from apps.retrieval.protocols import Hit
from ingest import runner
from ingest.services import TextUpload, text_submit
from tests.factories import CollectionFactory, UserFactory

TEXTS = {
    "leave.txt": (
        "Leave policy",
        "Employees get 25 days of paid leave a year. Unused days lapse on 31 March of the next "
        "year. Sick leave needs a doctor's note after the third day.",
    ),
    "travel.txt": (
        "差旅报销制度",
        "员工出差的住宿费标准为每晚500元。报销单应在出差结束后10个工作日内提交。审批由部门经理负责。",
    ),
    "printer.txt": (
        "Printer manual",
        "The printer was designed by Anna Keller in 2014. Hold the green button for five seconds "
        "to restart it.",
    ),
}


def make_hit(text: str, *, title: str = "Handbook", rank: int = 1, **changes) -> Hit:
    values = {
        "chunk_id": rank,
        "chunk": uuid.uuid4(),
        "document": uuid.uuid4(),
        "version": uuid.uuid4(),
        "version_number": 1,
        "collection": uuid.uuid4(),
        "title": title,
        "path": "handbook.txt",
        "page": 1,
        "heading": "",
        "context": title,
        "text": text,
        "start": 0,
        "end": len(text),
        "score": 1.0 / rank,
        "legs": {"lexical": rank, "dense": rank},
    }
    return Hit(**(values | changes))


@pytest.fixture
def one_place(configured, monkeypatch, tmp_path):
    """One question at a time, the next waits a tenth of a second; the room."""
    configured("traffic", queue_wait_s=0.1)
    monkeypatch.setattr("apps.core.traffic.sqlite_board.FIRST_MEAN_S", 0.01)
    room = Room(SqliteStore(tmp_path / "traffic.sqlite3", places=1, queue=64))
    monkeypatch.setattr(admission, "room", lambda: room)
    limits._rules.cache_clear()
    yield room
    limits._rules.cache_clear()


@pytest.fixture
def reader(db):
    """A user who may read and fill the collection that `knowledge` fills."""
    return UserFactory()


@pytest.fixture
def collection(reader):
    return CollectionFactory(writers=[reader])


@pytest.fixture
def knowledge(collection, reader):
    """The texts above, searchable; the documents by path."""
    documents = {}
    for path, (title, text) in TEXTS.items():
        upload = TextUpload(path=path, title=title, text=text)
        submitted = text_submit(collection=collection, text=upload, by=reader)
        documents[path] = submitted.document
    runner.drain()
    indexer.catch_up()
    return documents


@pytest.fixture
def scope(knowledge, reader):
    return Scope.of(reader)
