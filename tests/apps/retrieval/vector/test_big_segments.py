"""Segments with codes: exact where few rows are allowed, near enough where many are."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.retrieval.protocols import RowFilter
from apps.retrieval.vector import codes, dense
from apps.retrieval.vector.dense import SegmentsDense
from apps.retrieval.vector.live import LiveSegment
from apps.retrieval.vector.segment import CODES, ROWS, VECTORS, FaissSegment, write_segment

DIMENSION, ROWS_EACH = 64, codes.LEAST_ROWS
COLLECTIONS = 20
RANDOM = np.random.default_rng(5)
CENTRES = RANDOM.standard_normal((200, DIMENSION))

exact_or_not = pytest.mark.parametrize("exact_rows", [0, 10**9])
many_examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def rows_of(number):
    chunks = np.arange(ROWS_EACH) + number * ROWS_EACH
    return np.stack([chunks, chunks // 10, chunks // 10, chunks % COLLECTIONS, np.ones(ROWS_EACH)])


@pytest.fixture(scope="module")
def vectors():
    noise = RANDOM.standard_normal((2 * ROWS_EACH, DIMENSION))
    rows = unit(CENTRES[RANDOM.integers(0, 200, 2 * ROWS_EACH)] + 0.5 * noise)
    return rows.astype(np.float16).astype(np.float32)


@pytest.fixture(scope="module")
def segments(vectors, tmp_path_factory):
    opened = []
    for number in range(2):
        folder = tmp_path_factory.mktemp("segments") / "one"
        part = vectors[number * ROWS_EACH : (number + 1) * ROWS_EACH]
        write_segment(folder, [part], rows_of(number), DIMENSION)
        opened.append(FaissSegment.open(folder / VECTORS, folder / ROWS, folder / CODES))
    return [LiveSegment(segment, np.ones(ROWS_EACH, np.bool_)) for segment in opened]


def best_of(vectors, query, allowed, limit):
    scores = np.where(allowed, vectors @ query, -2)
    return sorted(np.sort(scores)[::-1][: min(limit, allowed.sum())].tolist(), reverse=True)


selections = st.tuples(
    st.sets(st.integers(0, COLLECTIONS - 1), min_size=1, max_size=COLLECTIONS),
    st.sets(st.integers(0, 2 * ROWS_EACH // 10), max_size=50),
    st.integers(0, 2**31),
)


@exact_or_not
@many_examples
@given(selections)
def test_forbidden_and_dead_rows_are_never_found(segments, monkeypatch, exact_rows, selection):
    monkeypatch.setattr(dense, "EXACT_ROWS", exact_rows)
    collections, dead, seed = selection
    lives = [live.without(dead) for live in segments]
    query = unit(np.random.default_rng(seed).standard_normal((1, DIMENSION)))[0]

    found = SegmentsDense(lives).search(query, rows=RowFilter(frozenset(collections)), limit=30)

    assert len({candidate.chunk_id for candidate in found}) == 30
    assert {candidate.chunk_id % COLLECTIONS for candidate in found} <= collections
    assert dead.isdisjoint(candidate.chunk_id // 10 for candidate in found)


@many_examples
@given(selections)
def test_few_allowed_rows_are_searched_exactly(segments, vectors, selection):
    collections, dead, seed = selection
    lives = [live.without(dead) for live in segments]
    query = unit(np.random.default_rng(seed).standard_normal((1, DIMENSION)))[0]
    chunks = np.arange(len(vectors))
    allowed = np.isin(chunks % COLLECTIONS, [*collections]) & ~np.isin(chunks // 10, [*dead])

    found = SegmentsDense(lives).search(query, rows=RowFilter(frozenset(collections)), limit=10)

    scores = [candidate.score for candidate in found]
    assert scores == pytest.approx(best_of(vectors, query, allowed, 10), abs=1e-4)


def test_many_allowed_rows_are_searched_with_little_loss(segments, vectors, monkeypatch):
    monkeypatch.setattr(dense, "EXACT_ROWS", 0)
    leg, rows = SegmentsDense(segments), RowFilter(frozenset(range(COLLECTIONS)))
    queries = unit(CENTRES[:50] + RANDOM.standard_normal((50, DIMENSION)))
    everything = np.ones(len(vectors), np.bool_)

    shares = [
        np.mean([
            candidate.score >= best_of(vectors, query, everything, 10)[-1] - 1e-4
            for candidate in leg.search(query, rows=rows, limit=10)
        ])
        for query in queries
    ]  # fmt: skip

    assert np.mean(shares) >= 0.98


def test_the_nearest_rows_of_others_do_not_hide_the_allowed_ones(segments, vectors, monkeypatch):
    monkeypatch.setattr(dense, "EXACT_ROWS", 0)
    query = CENTRES[0].astype(np.float32)
    far = np.argsort(vectors @ query)[: ROWS_EACH // 4] // 10  # documents nowhere near
    rows = RowFilter(frozenset(range(COLLECTIONS)), document_ids=frozenset(far.tolist()))

    found = SegmentsDense(segments).search(query, rows=rows, limit=30)

    allowed = np.isin(np.arange(len(vectors)) // 10, far)
    scores = [candidate.score for candidate in found]
    assert scores == pytest.approx(best_of(vectors, query, allowed, 30), abs=1e-4)


# Opens a segment, searches it with everything and with a little of it allowed, and prints by how
# many kilobytes the memory that only this process has grew.
MEASURE = """
import sys
from pathlib import Path
import numpy as np
import django
django.setup()
from apps.retrieval.protocols import RowFilter
from apps.retrieval.vector.dense import SegmentsDense
from apps.retrieval.vector.live import LiveSegment
from apps.retrieval.vector.segment import CODES, ROWS, VECTORS, FaissSegment

def anonymous():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))

def search(folder):
    segment = FaissSegment.open(folder / VECTORS, folder / ROWS, folder / CODES)
    leg = SegmentsDense([LiveSegment(segment, np.ones(segment.rows.shape[1], np.bool_))])
    for collections in ({0, 1, 2, 3, 4}, {1}):
        for query in np.eye(segment.index.d, dtype=np.float32)[:20]:
            leg.search(query, rows=RowFilter(frozenset(collections)), limit=60)
    return leg

kept = [search(Path(sys.argv[1]))]
before = anonymous()
kept.append(search(Path(sys.argv[2])))
print(anonymous() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_of_its_own_holds_little_of_a_segment(tmp_path, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
    count, dimension = 60_000, 384
    for name, size in (("small", ROWS_EACH), ("big", count)):
        numbers = np.arange(size)
        rows = np.stack([numbers, numbers, numbers, numbers % 5, np.ones(size)])
        made = unit(RANDOM.standard_normal((size, dimension)))
        write_segment(tmp_path / name, [made], rows, dimension)

    folders = [str(tmp_path / "small"), str(tmp_path / "big")]
    printed = subprocess.check_output([sys.executable, "-c", MEASURE, *folders], text=True)

    assert int(printed) * 1024 < 10_000_000 * count / 100_000
