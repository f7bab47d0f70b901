"""Vectors go to the database and come back, many at a time."""

import hashlib

import numpy as np
import pytest

from apps.retrieval import embedding, vectors

pytestmark = pytest.mark.django_db


@pytest.fixture
def generation():
    return embedding.current_generation()


def _hashes(count):
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]


def _matrix(count, dimension):
    return np.random.default_rng(7).standard_normal((count, dimension)).astype(np.float32)


def test_more_vectors_than_a_query_has_parameters_come_back_unchanged(generation):
    hashes, matrix = _hashes(2500), _matrix(2500, generation.dimension)
    vectors.store(generation, hashes, matrix)

    found = vectors.vectors_of(generation, hashes)

    assert np.array_equal(np.stack([found[key] for key in hashes]), matrix.astype(np.float16))


def test_storing_twice_keeps_the_first_vector(generation):
    first, second = _matrix(2, generation.dimension)[:, None]
    vectors.store(generation, ["a" * 64], first)

    vectors.store(generation, ["a" * 64], second)

    assert np.array_equal(
        vectors.vectors_of(generation, ["a" * 64])["a" * 64], first[0].astype(np.float16)
    )


def test_missing_hashes_come_once_and_in_order(generation):
    vectors.store(generation, ["b" * 64], _matrix(1, generation.dimension))

    assert vectors.missing(generation, ["c", "b" * 64, "a", "c"]) == ["c", "a"]


def test_a_matrix_of_the_wrong_shape_is_refused(generation):
    with pytest.raises(ValueError, match="expected"):
        vectors.store(generation, ["a" * 64], _matrix(1, 3))


def test_streaming_reads_a_part_at_a_time(generation, django_assert_num_queries):
    hashes = _hashes(2000)
    vectors.store(generation, hashes, _matrix(2000, generation.dimension))

    with django_assert_num_queries(1):
        names, matrix = next(vectors.stream(generation, iter([*hashes, "absent"])))

    assert matrix.shape == (len(names), generation.dimension)
    assert len(names) < len(hashes)
