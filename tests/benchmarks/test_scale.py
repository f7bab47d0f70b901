"""benchmarks/scale.py from end to end on a few passages, and what it makes of them."""

import json
import lzma
import sys

import numpy as np
import pytest

from benchmarks import scale, scale_rivals
from benchmarks.scale_data import Dataset
from benchmarks.scale_scopes import Kind, ScopeIds, Shape, scope_ids
from benchmarks.scale_texts import Texts

CITIES = {"France": "Paris", "Japan": "Tokyo", "Peru": "Lima", "Kenya": "Nairobi", "法国": "巴黎"}
CHUNKS = 300


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The sets that are read, a few passages each."""
    folder = tmp_path_factory.mktemp("shared")
    for name in ("squad_dev", "cmrc_dev", "drcd_dev", "crud_load"):
        text = "The capital of {} is {}. In {} it had 81000 people, and Paris more. {} 年建成。"
        corpus = [
            {
                "id": f"{name}-{at}",
                "title": place,
                "text": text.format(place, city, name, 1900 + at),
            }
            for at, (place, city) in enumerate(CITIES.items())
        ]
        queries = [
            {"id": place, "question": f"{place}? {name}", "relevant": []} for place in CITIES
        ]
        (folder / "eval" / name).mkdir(parents=True)
        for file, rows in {"corpus": corpus, "queries": queries}.items():
            lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
            (folder / "eval" / name / f"{file}.jsonl.xz").write_bytes(lzma.compress(lines))
    return folder


@pytest.fixture(scope="module")
def figures(shared, tmp_path_factory):
    """The figures that the program prints at 300 chunks."""
    cache = tmp_path_factory.mktemp("cache")
    asked = ["--sizes", str(CHUNKS), "--queries", "4", "--changes", "1", "--no-rivals", "--json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sys, "argv", ["scale", *asked, "--cache", str(cache), "--shared", str(shared)]
        )
        printed = []
        patch.setattr("builtins.print", lambda text, **to: printed.append(text) if not to else None)
        scale.main()
    return json.loads(printed[-1])["figures"]


@pytest.mark.parametrize("heat", ["warm", "cold"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_scope_is_searched_exactly_on_a_small_index(figures, kind, heat):
    assert figures[f"{CHUNKS}_{kind}_{heat}_recall_at_10"] == 1.0
    assert figures[f"{CHUNKS}_{kind}_{heat}_outside_scope"] == 0
    assert figures[f"{CHUNKS}_{kind}_{heat}_legs_p95_ms"] > 0


def test_the_whole_node_is_measured(figures):
    names = {name.removeprefix(f"{CHUNKS}_") for name in figures}
    assert {
        "build_s", "rebuild_s", "open_s", "restart_s", "node_pss_mb", "reader_anonymous_mb",
        "vectors_bytes_per_chunk", "database_bytes_per_chunk", "inserted_p95_ms", "removed_p95_ms",
        "bulk_delete_legs_p95_ms", "rebuild_legs_p95_ms", "anonymous_mb_per_100k",
    } <= names  # fmt: skip
    assert figures[f"{CHUNKS}_vectors_bytes_per_chunk"] > 384
    assert figures[f"{CHUNKS}_inserted_p95_ms"] < 60_000  # it was seen
    assert figures[f"{CHUNKS}_degraded"] == 0


def test_copies_differ_and_keep_to_their_original(shared):
    texts = Texts(shared)

    pieces = list(texts.pieces(100))

    assert len({piece.text for piece in pieces}) == 100
    assert [piece.text for piece in pieces[: len(texts.originals)]] == texts.originals
    assert pieces[len(texts.originals)].original == 0
    assert list(Texts(shared).pieces(100)) == pieces


def test_every_variant_of_a_scope_is_another_one_of_its_size():
    shape = Shape(1000, 100, list(range(1, 502, 5)))
    rows = np.arange(1, 501, dtype=np.int32)
    collections = (rows - 1) // 5 + 1

    for kind, size in {Kind.ALL: 500, Kind.TENTH: 50, Kind.THOUSANDTH: 5}.items():
        scopes = [scope_ids(kind, variant, shape) for variant in range(5)]
        assert {int(one.allowed(rows, collections).sum()) for one in scopes} == {size}
        assert len(set(scopes)) == 5 or kind == Kind.THOUSANDTH


def test_a_denial_takes_out_and_a_grant_adds():
    documents = np.array([1, 2, 3, 4], np.int32)
    scope = ScopeIds(frozenset({7}), frozenset({8}), frozenset({4}), frozenset({2}))

    allowed = scope.allowed(documents, np.array([7, 7, 8, 8], np.int32))

    assert allowed.tolist() == [True, False, False, True]


@pytest.fixture
def four(tmp_path):
    """Four chunks, one in each corner, of two collections."""
    vectors = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], np.float16)
    np.save(tmp_path / "vectors.npy", vectors)
    np.save(tmp_path / "rows.npy", np.array([[1, 2, 3, 4], [1, 1, 2, 2]], np.int32))
    return Dataset(tmp_path, Shape(4, 2, [1, 3, 5]), 0.0)


@pytest.mark.parametrize(
    ("collections", "found", "recall"),
    [({1, 2}, [1, 2], 1.0), ({1, 2}, [1, 3], 0.5), ({2}, [4, 3], 1.0), ({2}, [4, 1], 0.5)],
)
def test_recall_counts_the_nearest_that_are_allowed(four, collections, found, recall):
    question = np.array([[0.9, 0.4]], np.float32)

    measured = four.recall_at(2, question, [ScopeIds(frozenset(collections))], [found])

    assert measured == recall


def test_a_rival_that_cannot_filter_was_asked_nothing():
    figures = scale_rivals.of_run({"all_ms": [1.0, 3.0], "tenth_ms": [], "delete_how": "anew"})

    assert figures == {"all_asked": 2, "all_p50_ms": 1.0, "all_p95_ms": 3.0, "tenth_asked": 0}


def test_growth_counts_what_a_larger_index_adds():
    by_size = {10_000: {"reader_grown_mb": 10.0}, 110_000: {"reader_grown_mb": 14.0}}

    assert scale._grown_per_100k(by_size) == 4.0
    assert scale.label(10_000) == "10k"
