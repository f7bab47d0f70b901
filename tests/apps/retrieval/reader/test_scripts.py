"""A question is read in the characters of the passage."""

import pytest

from apps.retrieval.reader.onnx import OnnxReader
from apps.retrieval.reader.scripts import spelled_alike
from tests.small_reader import write_small_reader

PLAIN, FULL = "发票报销的规定是什么？", "發票報銷的規定是什麼？"
PASSAGES = ["员工须在三十天内提交发票。", "員工須在三十天內提交發票。", "Within 30 days.", ""]


@pytest.mark.parametrize("question", [PLAIN, FULL])
def test_it_is_spelled_as_each_passage_is(question):
    assert spelled_alike(question, PASSAGES) == [PLAIN, FULL, question, question]


def test_a_question_without_such_characters_stays():
    assert spelled_alike("TXN-98765?", PASSAGES) == ["TXN-98765?"] * 4


def test_both_spellings_are_read_alike(tmp_path):
    reader = OnnxReader(write_small_reader(tmp_path), threads=1)
    passages = [("", text) for text in PASSAGES[:2]]

    assert reader.read(PLAIN, passages) == reader.read(FULL, passages)
