"""One Milvus, several processes: an indexer that writes, another that asks, and kill -9."""

import subprocess
import sys

import pytest
from milvus_lite.adapter.grpc.server import start_server_in_thread

from tests.installation import ROOT, Installation, wait_until

TAKE_IN = """
from tests.apps.retrieval.milvus.test_following import embedded
from tests.factories import CollectionFactory, VersionFactory
for factory in (CollectionFactory, VersionFactory):
    factory.reset_sequence({after})
print([chunk.pk for chunk in embedded({count})])
"""
HELD = """
from apps.retrieval import embedding, milvus_store
from apps.core.errors import Retryable
try:
    print(milvus_store.collection_of(embedding.current_generation()).ids()[0].tolist())
except Retryable as error:
    print(error)
"""


@pytest.fixture
def served(tmp_path):
    """The address of a Milvus of its own."""
    server, db, port = start_server_in_thread(str(tmp_path / "vectors.db"))
    yield f"http://127.0.0.1:{port}"
    server.stop(grace=0).wait()
    db.close()


@pytest.fixture
def installation(tmp_path, served):
    made = Installation(
        tmp_path / "home", CLAWDBOT_INDEX__VECTORS="milvus", CLAWDBOT_INDEX__MILVUS_URI=served
    )
    yield made
    made.close()


def start_indexer(installation):
    process = subprocess.Popen(
        [sys.executable, "-m", "apps.retrieval.indexer"],
        cwd=ROOT, env=installation.environment, start_new_session=True,
    )  # fmt: skip
    installation.processes.append(process)
    return process


def test_an_indexer_fills_milvus_and_after_a_kill_the_next_one_goes_on(installation):
    first = installation.django(TAKE_IN.format(count=3, after=0))
    indexer = start_indexer(installation)
    wait_until(lambda: installation.django(HELD) == first, what="the chunks are in Milvus")
    installation.kill(indexer)
    installation.django(TAKE_IN.format(count=2, after=3))
    start_indexer(installation)

    wait_until(lambda: installation.django(HELD) == "[1, 2, 3, 4, 5]", what="the rest is, too")


def test_an_indexer_that_is_told_to_end_lets_go_of_milvus_at_once(installation):
    installation.django(TAKE_IN.format(count=1, after=0))
    indexer = start_indexer(installation)
    wait_until(lambda: installation.django(HELD) == "[1]", what="the chunk is in Milvus")
    indexer.terminate()

    assert indexer.wait(timeout=30) == 0
    store = "from apps.retrieval.models import VectorStore; print(VectorStore.here().held_until)"
    assert installation.django(store) == "None"
