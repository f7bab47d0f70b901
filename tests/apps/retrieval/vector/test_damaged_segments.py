"""Files of a segment that are not what was written: told as Damaged, before FAISS dies of them."""

from dataclasses import replace

import numpy as np
import pytest

from apps.retrieval.index_files import Damaged, stored
from apps.retrieval.manifest import SegmentEntry
from apps.retrieval.vector import codes
from apps.retrieval.vector.live import LiveSegment
from apps.retrieval.vector.segment import CODES, LINES, ROWS, VECTORS, write_segment

DIMENSION, SIZE = 96, 512  # what leads through the codes is in neither the first nor last 4 KB
CODE_BYTES = SIZE * DIMENSION // 8
QUERY = np.full(DIMENSION, 0.1, np.float32)
LAST = np.array([SIZE - 1])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(codes, "LEAST_ROWS", SIZE)
    vectors = np.random.default_rng(3).standard_normal((SIZE, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    write_segment(tmp_path / "one", [vectors], np.ones((LINES, SIZE)), DIMENSION)
    return tmp_path / "one"


@pytest.fixture
def entry(folder):
    named = {file.path: file for file in stored(folder, folder.iterdir())}
    return SegmentEntry(named[VECTORS], named[ROWS], None, named[CODES], size=SIZE, live=SIZE)


@pytest.fixture
def segment(folder, entry):
    return LiveSegment.open(folder, entry).segment


def spoil(path, at, content):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


@pytest.mark.parametrize("before_codes", [8, 16, 24, 28, 32, 40])
def test_what_leads_through_the_codes_is_compared_before_faiss_reads_it(
    folder, entry, before_codes
):
    path = folder / CODES
    at = path.stat().st_size - CODE_BYTES - before_codes
    assert 4096 < at < path.stat().st_size - 4096
    spoil(path, at, bytes([path.read_bytes()[at] ^ 64]))

    with pytest.raises(Damaged) as raised:
        LiveSegment.open(folder, entry)

    assert raised.value.path == CODES


def test_what_faiss_raises_while_it_searches_codes_is_damage(segment):
    segment.codes.implem = 77  # as after a flipped bit

    with pytest.raises(Damaged):
        segment.estimated(QUERY, None, 10)


def test_what_faiss_raises_while_it_searches_vectors_is_damage(segment):
    other = replace(segment, index=segment.codes)
    other.index.implem = 77

    with pytest.raises(Damaged):
        other.nearest(QUERY, None, 10)


def test_a_row_that_codes_name_and_vectors_do_not_have_is_damage(segment):
    with pytest.raises(Damaged):
        segment.scores(QUERY, LAST + 1)


def test_rows_beyond_those_that_may_be_allowed_are_damage(segment):
    with pytest.raises(Damaged):
        segment.estimated(QUERY, np.full(1, 255, np.uint8), 10)


def test_a_vector_that_is_no_number_is_damage(folder, segment):
    infinite = np.array([np.inf], "<f2").tobytes()
    spoil(folder / VECTORS, (folder / VECTORS).stat().st_size - 2, infinite)

    with pytest.raises(Damaged):
        segment.scores(QUERY, LAST)
    with pytest.raises(Damaged):
        segment.nearest(QUERY, None, 10)
