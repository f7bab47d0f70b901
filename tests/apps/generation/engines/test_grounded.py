"""Language models as engines."""

from dataclasses import replace

import pytest

from apps.core.errors import Overloaded
from apps.generation.engines.grounded import GroundedEngine
from apps.generation.protocols import Draft, Waiting
from apps.generation.upstream import Target
from tests.apps.generation.engines.contract import ASKED, EngineContract
from tests.scripted_engine import Raw

SAID = "Employees get 25 days of paid leave a year. [{25 days}]"
QUEUED = Raw(b": queued position=3 wait_s=30\n\n")


class TestGroundedEngine(EngineContract):
    @pytest.fixture
    def engine(self, server):
        server.tell([SAID])
        target = Target(f"{server.url}/v1", "scripted", sha256="a" * 64)
        return GroundedEngine("local:scripted", lambda: target)

    def test_the_hash_of_the_model_is_known_once_it_wrote(self, engine):
        list(engine.write(ASKED[0]))

        assert engine.model_sha256 == "a" * 64

    def test_sentences_that_nothing_holds_up_make_it_less_sure(self, engine, server):
        *_, sure = engine.write(ASKED[0])
        server.tell([f"{SAID} Dogs get 90 days. [1]"])
        *_, less = engine.write(ASKED[0])

        assert 0 < less.confidence < sure.confidence

    def test_passages_of_collections_that_ask_for_more_are_not_given(self, engine, server):
        strict = {ASKED[0].passages[1].collection: 1.0}

        list(engine.write(replace(ASKED[0], collection_confidence=strict)))

        prompt = server.requests[0]["messages"][-1]["content"]
        assert "25 days" in prompt
        assert "500元" not in prompt

    def test_a_queue_beyond_its_patience_is_left(self, engine, server):
        server.tell([QUEUED, SAID])
        target = Target(f"{server.url}/v1", "scripted")
        hasty = GroundedEngine("local:scripted", lambda: target, patience_s=20)

        assert Waiting(3, 30.0) in list(engine.write(ASKED[0]))
        with pytest.raises(Overloaded):
            list(hasty.write(ASKED[0]))

    def test_a_server_that_reads_only_a_part_is_told_on(self, engine, server):
        few = b'data: {"choices": [], "usage": {"prompt_tokens": 3}}\n\ndata: [DONE]\n\n'
        server.tell([SAID, Raw(few)])

        *_, draft = engine.write(ASKED[0])

        assert isinstance(draft, Draft)
        assert "context is too small" in draft.degraded[0]
