"""One index, several processes."""

import subprocess
import sys

import pytest

from apps.retrieval.embedding import current_generation
from apps.retrieval.index_files import folder_of
from apps.retrieval.index_lock import write_lock
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db

# Reads without a database: a line in, the chunk ids of that query out. Keeps its first state.
READER = """
import sys
from pathlib import Path
import django
django.setup()
from apps.retrieval import manifest
from apps.retrieval.index_snapshot import open_snapshot
from apps.retrieval.protocols import RowFilter
folder, collection_id = Path(sys.argv[1]), int(sys.argv[2])
opened = open_snapshot(folder, manifest.load(folder), {})
for line in sys.stdin:
    rows = RowFilter(frozenset({collection_id}))
    print([hit.chunk_id for hit in opened.lexical.search(line, rows=rows, limit=10)], flush=True)
"""

HOLDER = """
import sys, django
django.setup()
from apps.retrieval.index_lock import write_lock
with write_lock() as is_held:
    print(is_held, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def spawn(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
    started = []

    def start(program, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def asked(process, query):
    process.stdin.write(f"{query}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_reader_keeps_its_state_while_the_writer_replaces_the_files(spawn):
    collection = CollectionFactory()
    (first,) = indexed("vault number 0", collection=collection)
    reader = spawn(READER, folder_of(current_generation().pk), collection.pk)
    before = asked(reader, "vault")

    for number in range(1, 6):
        indexed(f"vault number {number}", collection=collection)

    assert before == asked(reader, "vault") == str([first.pk])


def test_only_one_process_may_write(spawn):
    holder = spawn(HOLDER)
    assert holder.stdout.readline().strip() == "True"

    with write_lock() as is_held:
        assert not is_held


def test_a_killed_writer_gives_the_right_back(spawn):
    holder = spawn(HOLDER)
    holder.stdout.readline()
    holder.kill()
    holder.wait()

    with write_lock() as is_held:
        assert is_held
