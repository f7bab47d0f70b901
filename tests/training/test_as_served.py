"""Searching in memory is searching as the product does."""

import numpy as np
import pytest

from apps.evaluation.workspace import opened as opened_workspace
from apps.ops.erasure import purge
from apps.retrieval.embedding import embedder
from apps.retrieval.protocols import Read, Span
from apps.retrieval.search import search
from tests.small_reader import MODELS
from training.bilingual.as_served import Corpus, Passage, Search, embedded
from training.bilingual.cached_reading import CachedReader
from training.bilingual.embedders import opened

PASSAGES = [
    Passage(
        "a/lease.txt", "Lease", "The lease ends after three years. Rent is due on the first day."
    ),
    Passage("b/leave.txt", "Leave", "Employees have thirty days of leave. " * 40),
    Passage("c/rent", "", "房租每月一日支付。租期为三年。"),
    Passage("d/copy.txt", "Copy", "Employees have thirty days of leave. " * 40),
]
QUESTIONS = ["When is the rent due?", "How many days of leave are there?", "房租什么时候支付？"]


@pytest.mark.django_db
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_order_in_memory_is_the_products(question, tmp_path):
    in_memory = Search(Corpus(PASSAGES), embedder(), tmp_path)
    legs = next(in_memory.legs_of([question]))
    ranked = in_memory.ranked(legs, in_memory.weights(question))

    with opened_workspace(purge) as space:
        rows = [{"id": one.id, "title": one.title, "text": one.text} for one in PASSAGES]
        space.load(rows, lambda stage, done, total: None)
        hits = search(question, scope=space.scope, top_k=50, reading=False).hits

    assert [(hit.path, hit.context, hit.text) for hit in ranked] == [
        (hit.path, hit.context, hit.text) for hit in hits
    ]
    assert [hit.legs for hit in ranked] == [hit.legs for hit in hits]


def test_what_was_embedded_before_is_not_embedded_again(tmp_path):
    model = opened(MODELS / "clawdbot-embedder", threads=1)
    first = embedded(model, QUESTIONS, tmp_path)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")}

    again = embedded(model, QUESTIONS, tmp_path)

    assert np.array_equal(first, again)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")} == kept


class Counting:
    """A reader that counts what it reads."""

    sha256, languages, calibration, at_once = "c" * 64, frozenset({"en"}), {}, 4

    def __init__(self):
        self.count = 0

    def read(self, question, passages, *, deadline=None, at_least=0):
        self.count += len(passages)
        return [Read(len(text) / 10, (Span(0, 3, 1.5),)) for _, text in passages]


def test_what_was_read_before_is_not_read_again_even_by_another_run(tmp_path):
    reader, passages = Counting(), [("", "one"), ("", "three")]
    first = CachedReader(reader, tmp_path).read("?", passages)

    again = CachedReader(reader, tmp_path).read("?", [*passages, ("", "fifteen")])

    assert reader.count == 3
    assert again[:2] == first


def test_a_line_that_was_cut_is_read_again(tmp_path):
    reader = Counting()
    CachedReader(reader, tmp_path).read("?", [("", "one")])
    path = next(tmp_path.iterdir())
    path.write_text(path.read_text().strip()[:-5])

    CachedReader(reader, tmp_path).read("?", [("", "one")])

    assert reader.count == 2
