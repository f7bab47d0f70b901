"""A writer that is killed (SIGKILL) at any step of a publish or a purge leaves a whole index."""

import os
import signal
import subprocess
import sys

import pytest

from apps.retrieval import manifest
from apps.retrieval.index_snapshot import open_snapshot
from apps.retrieval.protocols import RowFilter

# Publishes, merges and purges an index without a database, and kills itself at the n-th call that
# changes what is on the disk; prints the calls it made when it gets to the end.
WRITER = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
import numpy as np
from apps.retrieval import index_composition, index_files, index_rows, index_writer
from apps.retrieval.models import EmbeddingGeneration

folder, last_call = Path(sys.argv[1]), int(sys.argv[2])
calls = 0
def counted(call):
    def wrapper(*arguments, **options):
        global calls
        calls += 1
        if calls == last_call:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return wrapper

for name in ("replace", "rename", "fsync", "link", "unlink", "rmdir", "mkdir"):
    setattr(os, name, counted(getattr(os, name)))

def rows_of(version_ids):
    for number in sorted(version_ids):
        if number not in dead:
            text = f"vault number{number}"
            yield index_rows.IndexRow(number, number, number, 1, str(number), text)

dead = set()
index_writer.folder_of = lambda pk: folder
index_writer.rows_of = rows_of
index_writer.live_ids = lambda: np.empty((2, 0), np.int64)
index_writer.changes.latest = lambda: 99
index_writer.generation_indexes.is_known = lambda generation: True
index_composition.columns_of = lambda generation, dimension, rows: (
    np.array([[row.chunk_id] * 3 + [1, 1] for row in rows]).T,
    np.eye(8, dtype=np.float32)[:len(rows)],
)
index_writer.shared_vectors.kept_dimension = lambda generation: 8
index_writer.node_index.purged_seq = lambda: 0
index_writer.node_index.note_published = lambda *arguments: None
writer = index_writer.IndexWriter(EmbeddingGeneration(pk=1, dimension=8, model_name="m"))
for change in range(1, 4):
    writer.publish([change], change)
dead.add(2)
writer.publish([2], 4)
writer.purge()
writer.compact()
writer.close()
print(calls)
"""
# What may be found after each change; the index begins empty.
STATES = [set(), {1}, {1, 2}, {1, 2, 3}, {1, 3}]


def written(folder, last_call, environment):
    return subprocess.run(
        [sys.executable, "-c", WRITER, str(folder), str(last_call)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def found(folder):
    """What both legs find in the published state, which must be whole."""
    state = manifest.load(folder)
    if state is None:
        return []
    snapshot = open_snapshot(folder, state, {})
    assert not snapshot.missing
    assert all(file.is_intact(folder, content=True) for file in state.files)
    rows = RowFilter(frozenset({1}))
    words = snapshot.lexical.search("vault", rows=rows, limit=10)
    vectors = [live.live_rows()[0].tolist() for live in snapshot.segments.values()]
    return [{candidate.chunk_id for candidate in words}, {id_ for ids in vectors for id_ in ids}]


@pytest.fixture(scope="module")
def environment():
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "clawdbot_site.settings"}


@pytest.fixture(scope="module")
def calls(environment, tmp_path_factory):
    done = written(tmp_path_factory.mktemp("whole") / "1", 0, environment)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("share", [number / 12 for number in range(12)])
def test_a_killed_writer_leaves_a_whole_state_and_its_successor_ends_the_work(
    share, calls, environment, tmp_path
):
    folder = tmp_path / "1"
    killed = written(folder, 1 + int(share * calls), environment)
    assert killed.returncode == -signal.SIGKILL

    between = found(folder)
    again = written(folder, 0, environment)

    assert all(one in STATES for one in between)
    assert not between or between[0] == between[1]
    assert again.returncode == 0, again.stderr
    assert found(folder) == [{1, 3}, {1, 3}]
