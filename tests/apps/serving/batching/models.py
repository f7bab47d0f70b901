"""Tiny models, and what they say."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from apps.serving.plan import Plan
from apps.serving.protocols import Batcher, Event, Finished, Piece, Request, Ticket

WAIT_S = 60


def plan(path: Path, **wishes) -> Plan:
    """One thread: other tests use the processor too."""
    chosen = {
        "name": "tiny", "path": str(path), "threads": 1, "batch_threads": 1, "gpu_layers": 0,
        "context": 256, "parallel": 4, "batch": 64, "cache_bytes": 0, "queue": 16,
        "memory_bytes": 0,
    }  # fmt: skip
    return Plan(**(chosen | wishes))


@dataclass
class Asked:
    """A request's events, collected in the batcher's thread."""

    events: list[Event] = field(default_factory=list)
    is_told: threading.Event = field(default_factory=threading.Event)
    is_over: threading.Event = field(default_factory=threading.Event)
    ticket: Ticket | None = None

    def hear(self, event: Event) -> None:
        self.events.append(event)
        self.is_told.set()
        if isinstance(event, Finished):
            self.is_over.set()

    @property
    def finished(self) -> Finished:
        assert self.is_over.wait(WAIT_S)
        assert isinstance(self.events[-1], Finished)
        return self.events[-1]

    @property
    def text(self) -> str:
        assert self.finished
        return "".join(event.text for event in self.events if isinstance(event, Piece))


def ask(batcher: Batcher, tokens: list[int], max_tokens: int = 24, **more) -> Asked:
    """Submit a request."""
    asked = Asked()
    asked.ticket = batcher.submit(Request(tokens, max_tokens, **more), asked.hear)
    return asked
