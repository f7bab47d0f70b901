"""The reader in ONNX keeps what PassageReader promises, whoever else reads beside it."""

import hashlib
import itertools
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.reader.onnx import OnnxReader
from tests.small_reader import write_small_reader

QUESTION = "How many days of leave are there?"
PASSAGES = [
    ("Handbook\nLeave", "Employees have 20 days of leave."),
    ("手册", "员工每年有二十天年假。👍🏽 真好"),
    ("Long", "The office is open on Monday, on Tuesday and also on Friday. " * 40),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_small_reader(tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="module")
def reader(folder):
    return OnnxReader(folder, threads=2)


def test_each_passage_is_read_in_given_order(reader):
    together = reader.read(QUESTION, PASSAGES)

    alone = [reader.read(QUESTION, [passage])[0] for passage in PASSAGES]

    assert together == alone
    assert len({read.relevance for read in together}) == 3


def test_spans_lie_in_the_text_best_first_and_apart(reader):
    for (_, text), read in zip(PASSAGES, reader.read(QUESTION, PASSAGES), strict=True):
        places = sorted((span.start, span.end) for span in read.spans)

        assert [one.score for one in read.spans] == sorted(
            (one.score for one in read.spans), reverse=True
        )
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(places))
        assert all(text[a:b].strip() == text[a:b] != "" for a, b in places)
        assert len(places) <= 5


@pytest.mark.parametrize("text", ["", "   ", "\x00", "🙂", "a" * 5000, "税" * 5000])
def test_any_text_can_be_read_and_asked(reader, text):
    (read,) = reader.read(text, [(text, text)])

    assert all(0 <= span.start < span.end <= len(text) for span in read.spans)


def test_nothing_to_read_is_nothing_read(reader):
    assert reader.read(QUESTION, []) == []


def test_after_the_deadline_only_the_first_is_read(folder):
    late = OnnxReader(folder, threads=2, clock=lambda: 10.0)

    first, *rest = late.read(QUESTION, PASSAGES[::-1], deadline=5.0)

    assert first is not None
    assert rest == [None, None]


def test_whoever_wants_none_after_the_deadline_gets_none(folder):
    late = OnnxReader(folder, threads=2, clock=lambda: 10.0)

    assert late.read(QUESTION, PASSAGES, deadline=5.0, at_least=0) == [None, None, None]


def test_the_deadline_is_looked_at_before_each_run(folder):
    ticks = iter(range(1000))
    slow = OnnxReader(folder, threads=1, clock=lambda: float(next(ticks)))

    reads = slow.read(QUESTION, [PASSAGES[0]] * 12, deadline=8.0)

    assert reads[0] is not None
    assert reads[-1] is None


def test_many_questions_at_once_read_alike(reader):
    expected = reader.read(QUESTION, PASSAGES)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: reader.read(QUESTION, PASSAGES), range(24)))

    assert all(reads == expected for reads in found)


def test_it_tells_what_it_is(reader):
    assert reader.languages == {"en", "zh"}
    assert reader.calibration["zh"].factors["relevance"] == 1.0
    assert (len(reader.sha256), reader.at_once) == (64, 4)


def test_a_changed_file_is_refused_with_what_to_do(tmp_path):
    folder = write_small_reader(tmp_path)
    (folder / "model.onnx").write_bytes(b"not a model")

    with pytest.raises(ModelDamaged, match=r"damaged: .*model\.onnx.*git checkout"):
        OnnxReader(folder, threads=1)


def test_a_missing_folder_says_which_setting_to_change(tmp_path):
    with pytest.raises(ModelDamaged, match=r"model\.reader"):
        OnnxReader(tmp_path / "nowhere", threads=1)


def test_a_file_that_was_published_but_is_no_model_is_refused(tmp_path):
    folder = write_small_reader(tmp_path)
    described = json.loads((folder / "model.json").read_text())
    (folder / "model.onnx").write_bytes(b"not a model")
    described["files"]["model.onnx"] = hashlib.sha256(b"not a model").hexdigest()
    (folder / "model.json").write_text(json.dumps(described))

    with pytest.raises(ModelDamaged, match="no model that this program can run"):
        OnnxReader(folder, threads=1)


def test_another_kind_of_model_is_no_reader(tmp_path):
    folder = write_small_reader(tmp_path)
    described = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**described, "kind": "static"}))

    with pytest.raises(ModelDamaged, match="kind"):
        OnnxReader(folder, threads=1)
