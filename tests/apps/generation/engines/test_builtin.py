"""The built-in engine quotes what was read and cannot invent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.generation import wording
from apps.generation.engines import builtin
from apps.generation.engines.builtin import BuiltinEngine
from apps.retrieval.protocols import Calibration
from tests.apps.generation.conftest import make_hit
from tests.apps.generation.engines.contract import EngineContract, prompt
from tests.apps.generation.readings import read_hit

ALPHABET = "abc XY 19.5%$ ,;:。，！？\n|-年月日元第三的是由在公司、《》“”[1]()é￥"
TEXT = st.text(st.sampled_from(ALPHABET), max_size=120)
READ = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=120).flatmap(
    lambda text: st.tuples(
        st.just(text),
        st.lists(st.integers(0, len(text) - 1).map(lambda n: text[n : n + 4]), max_size=3),
    )
)


@pytest.fixture
def calibrated(monkeypatch):
    """Confidence is the logistic of the relevance; short answers lead from 0.9 on."""
    calibration = Calibration(factors={"relevance": 1.0}, threshold=0.6, short=0.9)
    monkeypatch.setattr(builtin, "calibration_of", lambda question: calibration)


@pytest.fixture
def written(calibrated):
    """The Draft for a question and its hits."""

    def write(question, *hits, **changes):
        *_, draft = BuiltinEngine().write(prompt(question, *hits, **changes))
        return draft

    return write


class TestBuiltinEngine(EngineContract):
    @pytest.fixture
    def engine(self):
        return BuiltinEngine()


@settings(max_examples=100, deadline=None)
@given(question=TEXT, read=st.lists(READ, max_size=4))
def test_whatever_was_read_only_the_passages_words_are_written(question, read):
    hits = [read_hit(text, *marks, rank=n) for n, (text, marks) in enumerate(read, start=1)]

    *_, draft = BuiltinEngine().write(prompt(question, *hits, language="zh"))

    quotes = "".join(one.passage.text for one in draft.evidence)
    said = draft.text
    for ours in wording.DIFFERING.values():
        said = said.removeprefix(ours)
    assert set(said) <= set(quotes) | set("[0123456789]; :\n")
    for one in draft.evidence:
        assert one.passage.text[one.start : one.end].strip()
        assert one.answer_start is None or one.start <= one.answer_start < one.answer_end <= one.end


@pytest.mark.parametrize(
    ("question", "text", "marked", "answer"),
    [
        ("What did it cost?", "It was rebuilt. It cost 12.5 million yuan in all, they say.", "12",
         "12.5 million yuan [1]\nIt cost 12.5 million yuan in all, they say. [1]"),
        ("试用期多长？", "合同期三年。试用期为12个月，另行约定的除外。", "12",
         "12个月 [1]\n试用期为12个月，另行约定的除外。 [1]"),
        ("試用期多長？", "合約期三年。試用期為12個月，另有約定者除外。", "12",
         "12個月 [1]\n試用期為12個月，另有約定者除外。 [1]"),
    ],
)  # fmt: skip
def test_a_sure_answer_leads_its_sentence(written, question, text, marked, answer):
    assert written(question, read_hit(text, marked)).text == answer


def test_the_short_answer_is_highlighted_in_its_sentence(written):
    draft = written("Who designed it?", read_hit("Hi. It was designed by Anna Keller.", "Anna"))

    (one,) = draft.evidence
    assert one.passage.text[one.start : one.end] == "It was designed by Anna Keller."
    assert one.passage.text[one.answer_start : one.answer_end] == draft.short_answer


def test_a_less_sure_answer_is_a_sentence(written):
    hit = read_hit("The boss here is Anna Keller.", "Anna Keller", relevance=1.0)

    draft = written("Who is the boss?", hit)

    assert draft.text == "The boss here is Anna Keller. [1]"
    assert draft.short_answer == "Anna Keller"


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("Why was it closed?", "It was closed because of a long flood in May.", "flood"),
        ("如何重启打印机？", "要重启打印机，请按住绿色按钮五秒钟。", "绿色按钮"),
        ("Is overtime paid?", "All of the overtime is paid in money.", "paid"),
    ],
)
def test_some_questions_want_a_sentence(written, question, text, marked):
    assert written(question, read_hit(text, marked)).text == f"{text} [1]"


def test_below_the_calibrated_threshold_nothing_is_said(written):
    hit = read_hit("The boss here is Anna Keller.", "Anna Keller", relevance=0.0)

    draft = written("Who is the boss?", hit, min_confidence=None)

    assert (draft.is_answered, draft.confidence, draft.needed) == (False, 0.5, 0.6)


@pytest.mark.parametrize(
    ("question", "text", "marked", "answer"),
    [
        ("Which documents are needed?", "Bring these:\n- the receipt\n- the form\nSend all.",
         "the form", "Bring these:\n- the receipt\n- the form [1]"),
        ("申请需要哪些材料？", "材料如下：\n（一）身份证；\n（二）照片。\n其他见附件。", "身份证",
         "材料如下：\n（一）身份证；\n（二）照片。 [1]"),
        ("How do I reset it?", "1. Switch it off.\n2. Hold the button.\nDone.", "Hold the button",
         "1. Switch it off.\n2. Hold the button. [1]"),
        ("What is the second document?", "Bring these:\n- the receipt\n- the form", "the form",
         "the form [1]"),
    ],
)  # fmt: skip
def test_a_list_is_given_whole_where_it_is_asked_for(written, question, text, marked, answer):
    draft = written(question, read_hit(text, marked))

    assert draft.text == answer
    assert len(draft.evidence) == 1


def test_an_enumeration_is_highlighted_whole(written):
    hit = read_hit("申请人应当提交身份证、学历证书和照片。", "学历证书")

    assert written("申请需要哪些材料？", hit).short_answer == "身份证、学历证书和照片"


@pytest.mark.parametrize(
    ("question", "text", "marked", "answer"),
    [
        ("Who designed the printer and when?",
         "The printer was designed by Anna Keller in 2014. Hold the button.", "Anna Keller",
         "Anna Keller [1]; 2014 [1]\nThe printer was designed by Anna Keller in 2014. [1]"),
        ("谁设计了打印机，什么时候完成的？", "打印机由王小明设计。该设计于2014年3月完成。",
         "王小明",
         "打印机由王小明设计。 [1]\n该设计于2014年3月完成。 [2]"),
    ],
)  # fmt: skip
def test_each_part_of_a_question_is_answered(written, question, text, marked, answer):
    assert written(question, read_hit(text, marked)).text == answer


def test_parts_may_be_answered_by_different_passages(written):
    first = read_hit("The printer was designed by Anna Keller.", "Anna Keller")
    second = read_hit("The design of the printer dates from May 2014.", "May 2014", rank=2)

    draft = written("Who designed the printer and when?", first, second)

    assert [one.passage for one in draft.evidence] == [first, second]
    assert draft.short_answer == "Anna Keller; May 2014"


TABLE = "| City | Limit | Rent for heads |\n|---|---|---|\n| Oslo | 650 | 900 |\n| Bonn | 95 | 80 |"


@pytest.mark.parametrize(
    ("question", "marked", "row", "short"),
    [
        ("What is the rent in Oslo?", "900", "City: Oslo; Rent for heads: 900; Limit: 650", "900"),
        ("What is the limit in Bonn?", "Bonn", "City: Bonn; Limit: 95; Rent for heads: 80", "95"),
        ("What is paid in Bonn?", "80", "City: Bonn; Limit: 95; Rent for heads: 80", "80"),
    ],
)
def test_a_row_is_told_with_its_column_names_and_no_cell_leads(
    written, question, marked, row, short
):
    draft = written(question, read_hit(TABLE, marked, title="Hotels"))

    assert (draft.text, draft.short_answer) == (f"{row} [1]", short)


@pytest.mark.parametrize(
    ("question", "texts", "opening"),
    [
        ("How many days of leave are there?",
         ["Employees get 25 days of leave.", "Employees get 28 days of leave."],
         "The documents say different things:"),
        ("年假有多少天？", ["员工每年享有年假15天。", "员工每年享有年假10天。"],
         "各文档的说法不一致："),
        ("年假有幾天？", ["員工每年享有年假15天。", "員工每年享有年假10天。"],
         "各文件的說法不一致："),
    ],
)  # fmt: skip
def test_sources_that_contradict_each_other_are_both_shown(written, question, texts, opening):
    hits = [
        read_hit(text, "".join(char for char in text if char.isdigit()), rank=rank)
        for rank, text in enumerate(texts, start=1)
    ]

    draft = written(question, *hits)

    assert draft.text.splitlines() == [opening, f"{texts[0]} [1]", f"{texts[1]} [2]"]
    assert {one.passage.document for one in draft.evidence} == {hit.document for hit in hits}


@pytest.mark.parametrize(
    "second", ["Employees get 25 days of paid leave each year.", "At most 25 days of leave a year."]
)
def test_the_same_fact_is_said_once(written, second):
    first = read_hit("Employees get 25 days of paid leave a year.", "25 days")

    draft = written("How much paid leave is there?", first, read_hit(second, "25 days", rank=2))

    assert len(draft.evidence) == 1


def test_a_passage_that_is_far_less_relevant_adds_nothing(written):
    first = read_hit("The plant is in Bonn.", "Bonn")
    other = read_hit("The plant of the rival is in Oslo.", "Oslo", relevance=2.0, rank=2)

    assert len(written("Where is the plant of the firm?", first, other).evidence) == 1


def test_a_passage_that_only_shares_the_title_of_the_first_adds_nothing(written):
    first = read_hit("Clean the chamber every week.", "every week", title="Aurora S2")
    other = read_hit("The Aurora S2 measures pH.", "pH", rank=2, title="Aurora S2")

    assert len(written("How often is the Aurora S2 cleaned?", first, other).evidence) == 1


def test_a_bare_yes_is_told_with_its_question(written):
    hit = read_hit("Is overtime paid?\nYes.\nOther things follow.", "Yes")

    assert written("Is overtime paid?", hit).text == "Is overtime paid?\nYes. [1]"


def test_passages_that_were_not_read_are_hardly_ever_enough(written):
    hit = make_hit("Employees get 25 days of paid leave a year.")

    sure = written("How many days of leave do employees get?", hit, min_confidence=None)
    unsure = written("How many days of leave do employees get?", hit, min_confidence=0.0)

    assert not sure.is_answered
    assert unsure.text == "Employees get 25 days of paid leave a year. [1]"


def test_without_a_reader_it_has_no_hash(monkeypatch, tmp_path):
    monkeypatch.setattr("apps.core.config.Config.reader_dir", tmp_path)

    assert BuiltinEngine().model_sha256 == ""
