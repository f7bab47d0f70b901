"""What every engine must keep to. A suite: subclass it and give it an `engine` fixture."""

import re

import pytest

from apps.generation.protocols import Draft, Engine, Prompt
from tests.apps.generation.readings import read_hit

LEAVE = read_hit(
    "Employees get 25 days of paid leave a year. Unused days lapse on 31 March.", "25 days"
)
TRAVEL = read_hit(
    "员工出差的住宿费标准为每晚500元。报销单应在10个工作日内提交。", "每晚500元", title="差旅制度"
)
BESIDE = read_hit("The printer hums.", "The printer", relevance=-6.0, margin=-6.0)


def prompt(question: str, *passages, language: str = "en", min_confidence: float = 0.0) -> Prompt:
    return Prompt(question, passages, language, temperature=0.0, min_confidence=min_confidence)


ASKED = [
    prompt("How many days of paid leave do employees get?", LEAVE, TRAVEL),
    prompt("员工出差的住宿费标准是多少？", TRAVEL, LEAVE, language="zh"),
]


class EngineContract:
    """The promises of `apps.generation.protocols.Engine`."""

    @pytest.fixture
    def engine(self) -> Engine:
        raise NotImplementedError

    def test_it_has_a_name(self, engine):
        assert re.fullmatch(r"[a-z]+(:[A-Za-z0-9_.:-]+)?", engine.name)

    def test_its_hash_is_a_sha256_or_empty(self, engine):
        assert re.fullmatch(r"([0-9a-f]{64})?", engine.model_sha256)

    def test_warming_up_can_be_repeated(self, engine):
        engine.warm_up()
        engine.warm_up()

    @pytest.mark.parametrize("asked", ASKED)
    def test_the_draft_comes_last_and_repeats_the_pieces(self, engine, asked):
        *pieces, draft = engine.write(asked)

        assert isinstance(draft, Draft)
        assert "".join(pieces) == draft.text
        assert draft.is_answered

    @pytest.mark.parametrize("asked", ASKED)
    def test_the_confidence_is_a_share(self, engine, asked):
        *_, draft = engine.write(asked)

        assert 0.0 <= draft.confidence <= 1.0

    @pytest.mark.parametrize("asked", ASKED)
    def test_evidence_lies_in_the_passages_given(self, engine, asked):
        *_, draft = engine.write(asked)

        assert draft.evidence
        for one in draft.evidence:
            assert one.passage in asked.passages
            assert 0 <= one.start < one.end <= len(one.passage.text)

    @pytest.mark.parametrize("asked", ASKED)
    def test_marks_name_evidence(self, engine, asked):
        *_, draft = engine.write(asked)

        marks = {int(n) for n in re.findall(r"\[(\d+)\]", draft.text)}
        assert marks <= set(range(1, len(draft.evidence) + 1))

    def test_without_passages_it_writes_nothing(self, engine):
        assert list(engine.write(prompt("How much leave is there?"))) == [Draft("", False, 0.0)]

    def test_below_the_wanted_confidence_it_writes_nothing(self, engine):
        asked = prompt("What is the capital of Peru?", BESIDE, min_confidence=0.999)

        *pieces, draft = engine.write(asked)

        assert pieces == []
        assert not draft.is_answered
        assert draft.text == ""
