"""Generations and several processes: builds that are killed, searches during every switch."""

import json
import subprocess
import sys

import pytest

from tests.installation import ROOT, Installation

TEXTS = 24
SEED = f"""
from apps.retrieval import embedding, indexer
from tests.factories import ChunkFactory, CollectionFactory, UserFactory
UserFactory(is_superuser=True)
collection = CollectionFactory()
chunks = [
    ChunkFactory(text=f"Room {{n}} opens at nine.", version__document__collection=collection)
    for n in range({TEXTS})
]
embedding.embed_missing({{chunk.text_sha256: chunk.indexed_text for chunk in chunks}})
indexer.catch_up()
"""
# Embeds four texts at a time, and says so; goes on when it is told to.
BUILDER = """
import sys, django
django.setup()
from apps.retrieval import generation_building, model_switch
from tests.apps.retrieval.generations import STATIC
generation_building.BATCH = 4
def report(done, total):
    print(done, flush=True)
    sys.stdin.readline()
model_switch.build_at_once(generation_building.planned(STATIC), report)
"""
COUNTED = """
from apps.retrieval import vectors
from tests.apps.retrieval.generations import built
stored, store = [], vectors.store
vectors.store = lambda *given: (stored.extend(given[1]), store(*given))
print(built().state, len(stored))
"""
# Searches in two threads until its input ends; what went wrong, and with which dimensions.
SEARCHER = """
import json, sys, threading, django
django.setup()
from apps.accounts.models import User
from apps.knowledge.access import Scope
from apps.retrieval.search import search
from apps.retrieval.searched import Searched
scope = Scope.of(User.objects.get())
wrong, sizes, count, over = [], set(), [0], threading.Event()
vector_of = Searched.vector_of
def noted(self, query):
    vector = vector_of(self, query)
    sizes.add(vector.shape[0])
    if vector.shape[0] != self.snapshot.manifest.dimension:
        wrong.append("mixed dimensions")
    return vector
Searched.vector_of = noted
def run(n):
    while not over.is_set():
        try:
            found = search(f"When does room {n} open?", scope=scope, reading=False)
            if found.degraded or "dense" not in found.hits[0].legs:
                wrong.append(str(found.degraded))
        except Exception as error:
            wrong.append(repr(error))
        count[0] += 1
        if count[0] == 20:
            print("searching", flush=True)
threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
[thread.start() for thread in threads]
sys.stdin.read()
over.set()
[thread.join() for thread in threads]
print(json.dumps({"wrong": wrong[:3], "sizes": sorted(sizes), "count": count[0]}))
"""
SWITCHES = """
import time
from apps.retrieval import embedding, generation_building, generation_switching, index_following
from tests.apps.retrieval.generations import switched
first = embedding.current_generation()
second = switched()
time.sleep(0.5)
generation_switching.rollback(by=None)
time.sleep(0.5)
generation_switching.rollback(by=None)
time.sleep(0.5)
generation_switching.rollback(by=None)
second.refresh_from_db()
generation_switching.discard(second, by=None)
second.refresh_from_db()
generation_switching.remove_vectors(second)
index_following.catch_up_here()
time.sleep(0.5)
"""


@pytest.fixture
def installation(tmp_path):
    installed = Installation(tmp_path)
    installed.django(SEED)
    yield installed
    installed.close()


@pytest.fixture
def spawn(installation):
    started = []

    def start(program):
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=installation.environment,
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


def told(process):
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_build_that_is_killed_goes_on_without_embedding_anything_again(installation, spawn):
    builder = spawn(BUILDER)
    assert [builder.stdout.readline().strip(), told(builder), told(builder)] == ["0", "4", "8"]

    builder.kill()
    builder.wait()

    assert installation.django(COUNTED) == f"ready {TEXTS - 8}"


def test_no_search_fails_mixes_or_falls_to_words_while_models_are_switched(installation, spawn):
    searchers = [spawn(SEARCHER), spawn(SEARCHER)]
    assert [one.stdout.readline().strip() for one in searchers] == ["searching"] * 2

    installation.django(SWITCHES)

    for searcher in searchers:
        seen = json.loads(searcher.communicate()[0])
        assert seen["wrong"] == []
        assert seen["sizes"] == [192, 384]
        assert seen["count"] > 40
