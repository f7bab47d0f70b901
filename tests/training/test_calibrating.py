"""What a reader's figures mean, fitted on questions that were made up."""

import json
import lzma
import random
from uuid import UUID

import numpy as np
import pytest

from apps.retrieval.protocols import Hit, Read, Span
from tests.small_reader import MODELS, write_small_reader
from training.bilingual import calibrating, calibration_fit, held_out
from training.bilingual.calibration_fit import Trial, Trials, features_of

TEXT = "The tower is tall. It was built in 1889 by an engineer."
ANSWER = (35, 39)  # 1889


def hit(path, relevance, margin=1.0, span=ANSWER):
    return Hit(
        chunk_id=0, chunk=UUID(int=0), document=UUID(int=0), version=UUID(int=0), version_number=1,
        collection=UUID(int=0), title="", path=path, page=1, heading="", context="", text=TEXT,
        start=0, end=len(TEXT), score=0.0, legs={}, reading=Read(relevance, (Span(*span, margin),)),
    )  # fmt: skip


def made_up(count=200, seed=0):
    """The right passage has a relevance about 4 above the others' and is mostly first."""
    chance = random.Random(seed)
    present, absent = [], []
    for _ in range(count):
        wrong = tuple(hit(f"w{n}", chance.gauss(-3, 1), chance.gauss(0, 1)) for n in range(5))
        right = hit("right", chance.gauss(1, 1), chance.gauss(4, 1))
        place = chance.choice([0, 0, 0, 1, 3])
        present.append(Trial((*wrong[:place], right, *wrong[place:]), "right", ("1889",)))
        absent.append(Trial(wrong))
    return Trials(present, absent)


def test_hits_are_ordered_by_relevance_and_first_rank():
    ordered = calibration_fit.best_first([hit("a", 1.0), hit("b", 1.8)], 2.0)

    assert [(one.path, one.score) for one in ordered] == [("a", 3.0), ("b", 2.8)]


def test_questions_with_their_passage_are_told_from_those_without():
    calibration, figures = calibration_fit.calibrate(made_up())

    assert figures["auc_gone"] > 0.95
    assert figures["wrongly_answered"] <= calibration_fit.FALSE_ANSWERS
    assert 0 < calibration["threshold"] < 1
    assert all(value > 0 for value in calibration["factors"].values())


def test_the_rank_counts_where_the_first_is_mostly_right_and_reading_is_vague():
    vague = [
        Trial((hit("right", 0.0), hit("w", 0.1 if number % 4 else 3.0)), "right", ("1889",))
        for number in range(40)
    ]

    assert calibration_fit.best_weight(vague) > 0


def test_reading_ends_early_where_that_loses_nothing():
    certain, saved = calibration_fit.certain_from(made_up().present, 1.0)

    assert certain is not None
    assert 0 < saved < 1


def test_a_curve_answers_less_and_refuses_more_the_higher_its_threshold():
    rows = np.array(calibration_fit.calibrate(made_up())[0]["curve"])

    assert rows.shape == (20, 4)
    assert (np.diff(rows[:, 0]) > 0).all()
    assert (np.diff(rows[:, 1]) <= 0).all()
    assert (np.diff(rows[:, 3]) >= 0).all()


@pytest.mark.parametrize(("span", "short"), [(ANSWER, 0.0), ((0, 9), 1.0)])
def test_short_answers_are_shown_from_where_they_are_exact(span, short):
    present = [Trial((hit("right", 1.0, span=span),), "right", ("1889",))] * 30
    given = [number / 30 for number in range(30)]

    assert calibration_fit.short_from(present, 1.0, given) == short


def test_a_logistic_regression_finds_the_weights_that_made_its_labels():
    chance = np.random.default_rng(0)
    rows = np.column_stack([chance.standard_normal((4000, 2)), np.ones(4000)])
    likely = 1 / (1 + np.exp(-rows @ np.array([2.0, -1.0, 0.5])))
    labels = (chance.random(4000) < likely).astype(float)

    fitted = calibration_fit.fit_logistic(rows, labels, np.full(4000, 1 / 4000))

    assert fitted == pytest.approx([2.0, -1.0, 0.5], abs=0.2)


def test_confidence_is_fitted_on_the_features_that_answers_are_judged_by():
    assert set(calibration_fit.FEATURES) <= set(features_of([hit("a", 1.0), hit("b", 0.0)]))


@pytest.fixture
def data(tmp_path):
    """Questions on forty articles in each language, as `gather` writes them."""
    passages, questions = [], []
    for language, source, text in (
        ("en", "squad", "Town {} was founded in {} by a group of settlers."),
        ("zh", "cmrc", "第{}个城镇是由移民在公元{}年建立的。"),
    ):
        for number in range(200):
            year = str(1500 + number)
            context = text.format(number, year)
            at = context.index(year)
            asked = (
                f"When was town {number} founded?" if language == "en" else f"第{number}个城镇？"
            )
            questions.append([asked, len(passages), [[at, at + 4]], source])
            passages.append([f"Town {number}", context, language, f"{source}-{number}"])
    stored = json.dumps({"passages": passages, "questions": questions})
    (tmp_path / "questions.json.xz").write_bytes(lzma.compress(stored.encode()))
    return tmp_path


def test_calibrating_writes_both_languages_and_keeps_the_rest(data, tmp_path):
    reader = write_small_reader(tmp_path / "reader")
    before = json.loads((reader / "model.json").read_text())
    command = ["--reader", reader, "--embedder", MODELS / "clawdbot-embedder", "--data", data]

    calibrating.main(list(map(str, [*command, "--questions", 5, "--cache", tmp_path / "cache"])))

    after = json.loads((reader / "model.json").read_text())
    assert set(after.pop("calibration")) == {"en", "zh"}
    assert after == {key: value for key, value in before.items() if key != "calibration"}


def test_only_questions_on_articles_that_were_held_out_are_asked(data):
    stored = json.loads(lzma.decompress((data / "questions.json.xz").read_bytes()))
    found = held_out.question_set(stored)

    held = held_out.held_questions(found)

    articles = {found.passages[one.passage].article for one in held}
    assert len(held) == len(articles) == held_out.HELD["squad"] + held_out.HELD["cmrc"]
