"""What benchmarks/models.py makes of answers and passages."""

from uuid import UUID

import pytest

from apps.evaluation.golden_set import GoldQuestion
from apps.generation.protocols import Draft, Evidence
from apps.retrieval.protocols import Hit, Read, Span
from benchmarks.model_bench import _moved
from benchmarks.model_reading import cites_evidence, is_right, span_scores

TEXT = "The tower is tall. It was built in 1889."
GOLD = GoldQuestion("1", "When was it built?", ("1889", "in 1889"), frozenset({"xquad-en-1-2"}))


def hit(path="xquad-en-1-2"):
    return Hit(
        chunk_id=0, chunk=UUID(int=0), document=UUID(int=0), version=UUID(int=0), version_number=1,
        collection=UUID(int=0), title="", path=path, page=1, heading="", context="", text=TEXT,
        start=0, end=len(TEXT), score=0.0, legs={}, reading=Read(1.0, (Span(35, 39, 2.0),)),
    )  # fmt: skip


def draft(text="1889 [1]", path="xquad-en-1-2", *, is_answered=True, span=(19, 40)):
    return Draft(text, is_answered, 0.9, (Evidence(hit(path), *span),))


def test_the_best_span_of_the_best_passage_is_scored():
    assert span_scores(GOLD, [hit()]) == (1.0, 1.0)
    assert span_scores(GOLD, []) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (draft(), True),
        (draft(text="It is tall. [1]"), False),
        (draft(path="other"), False),
        (draft(is_answered=False), False),
    ],
)
def test_an_answer_is_right_when_it_holds_a_gold_one_and_cites_its_source(given, expected):
    assert is_right(GOLD, given) is expected


def test_evidence_is_the_first_sentence_that_is_cited():
    assert cites_evidence(draft(), ["It was built in 1889."])
    assert not cites_evidence(draft(span=(0, 18)), ["It was built in 1889."])


def test_a_question_asks_the_same_passages_of_the_parallel_set():
    assert _moved(GOLD, "xquad_en", "xquad_zh").relevant == {"xquad-zh-1-2"}
