"""The reader of the release finds plain answers in English and in Chinese."""

import pytest

from apps.core import config
from apps.retrieval.reader import model_folder
from apps.retrieval.reader.onnx import OnnxReader

PASSAGES = [
    ("Printer manual", "The printer was designed by Anna Keller in 2014."),
    ("Leave policy", "Employees get 25 days of paid leave a year. Unused days lapse on 31 March."),
    ("差旅报销制度", "员工出差的住宿费标准为每晚500元。审批由部门经理负责。"),
]


@pytest.fixture(scope="module")
def reader():
    return OnnxReader(config.load().reader_dir, threads=2)


def test_its_files_are_those_published(reader):
    described = model_folder.verify(config.load().reader_dir)

    assert described.languages == {"en", "zh"}
    assert set(described.calibration) == {"en", "zh"}


@pytest.mark.parametrize(
    ("question", "right", "answer"),
    [
        ("How many days of paid leave do employees get?", 1, "25"),
        ("Who designed the printer?", 0, "Anna Keller"),
        ("住宿费标准是每晚多少钱？", 2, "500"),
        ("谁负责审批？", 2, "部门经理"),
    ],
)
def test_a_plain_question_leads_to_its_passage_and_answer(reader, question, right, answer):
    reads = reader.read(question, PASSAGES)

    assert max(range(3), key=lambda number: reads[number].relevance) == right
    best = reads[right].spans[0]
    assert answer in PASSAGES[right][1][best.start : best.end]
    assert best.score > 0
