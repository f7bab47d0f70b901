from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from apps.serving.batching.answers import Answer
from apps.serving.batching.costs import Costs
from apps.serving.batching.guessing import Guesser
from apps.serving.batching.scheduler import Scheduler
from apps.serving.batching.scripted import ScriptedDecoder, following
from apps.serving.batching.text import AnswerText
from apps.serving.batching.waiting import WaitingLine
from apps.serving.protocols import Event, Finished, Piece, Request, Sampling
from benchmarks import gguf_models


@dataclass
class Heard:
    """What a listener was told."""

    answer: Answer | None = None
    events: list[Event] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Piece))

    @property
    def finished(self) -> Finished:
        (last,) = (event for event in self.events if isinstance(event, Finished))
        assert last is self.events[-1]
        return last


class Stage:
    """A scheduler over the scripted decoder, stepped by hand."""

    def __init__(self, *, parallel: int = 3, context: int = 64, queue: int = 50, script=following):
        self.decoder = ScriptedDecoder(slots=parallel + 1, context=context, script=script)
        self.costs = Costs()
        for rows in (1, 4, 16):
            self.costs.tried(rows, 0.01)
        self.line = WaitingLine(room=queue, parallel=parallel, costs=self.costs)
        self.scheduler = Scheduler(self.decoder, self.line, self.costs, parallel=parallel)

    def ask(self, tokens: list[int], max_tokens: int = 8, deliver: Callable | None = None, **more):
        heard = Heard()
        heard.answer = Answer(
            request=Request(tokens, max_tokens, **more),
            deliver=deliver or heard.events.append,
            sampler=self.decoder.sampler(Sampling()),
            tokens=list(tokens),
            text=AnswerText(more.get("stop", ())),
            guesser=Guesser(tokens),
        )
        self.line.add(heard.answer)
        return heard

    def run(self) -> None:
        while self.scheduler.has_work:
            self.scheduler.step()


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    gguf_models.make(gguf_models.SHAPES["tiny"], path, name="tiny")
    return path
