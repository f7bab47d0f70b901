"""The line of requests that wait for a place: first come, first served; bounded."""

import threading
from collections import deque
from collections.abc import Callable

from apps.serving.batching.answers import Answer
from apps.serving.batching.costs import Costs
from apps.serving.protocols import QueueFull


class WaitingLine:
    """Answers that nobody works on yet. Thread-safe."""

    def __init__(self, *, room: int, parallel: int, costs: Costs) -> None:
        self._room, self._parallel, self._costs = room, parallel, costs
        self._line: deque[Answer] = deque()
        self._lock = threading.Lock()
        self._at_work: tuple[int, int] = (0, 0)  # answers, their unread tokens

    def __len__(self) -> int:
        return len(self._line)

    def add(self, answer: Answer) -> None:
        """Go to the end of the line. Raises QueueFull."""
        with self._lock:
            free = max(0, self._parallel - self._at_work[0])
            if len(self._line) >= self._room + free:
                raise QueueFull(len(self._line), self._wait_s(len(self._line)))
            self._line.append(answer)

    def next(self) -> Answer | None:
        """Take the first one out; None: nobody waits."""
        with self._lock:
            return self._line.popleft() if self._line else None

    def leave(self) -> list[Answer]:
        """Take those out that were cancelled."""
        if not any(answer.is_cancelled for answer in tuple(self._line)):
            return []
        with self._lock:
            gone = [answer for answer in self._line if answer.is_cancelled]
            for answer in gone:
                self._line.remove(answer)
            return gone

    def working(self, answers: int, unread: int) -> None:
        """So many are worked on, with so many tokens to read: what waiting depends on."""
        self._at_work = answers, unread

    def position(self, answer: Answer) -> int:
        """1: it is the next; 0: it does not wait."""
        with self._lock:
            return self._index(answer) + 1

    def estimated_wait_s(self, answer: Answer) -> float:
        """Seconds until it is worked on; 0: it does not wait."""
        with self._lock:
            before = self._index(answer)
            return self._wait_s(before) if before >= 0 else 0.0

    def _index(self, answer: Answer) -> int:
        try:
            return self._line.index(answer)
        except ValueError:
            return -1

    def _wait_s(self, before: int) -> float:
        """Those at work end one after the other, evenly; each that goes before is read first."""
        costs, ahead = self._costs, tuple(self._line)[:before]
        unread = self._at_work[1] + sum(answer.prompt_tokens for answer in ahead)
        writing_s = costs.answer_tokens * costs.step_s(self._parallel)
        return unread / costs.reading_rate + writing_s * (before + 1) / (self._parallel + 1)


class Place:
    """A Ticket: an answer's place in the line."""

    def __init__(self, answer: Answer, line: WaitingLine, wake: Callable[[], None]) -> None:
        self._answer, self._line, self._wake = answer, line, wake

    @property
    def position(self) -> int:
        """How many go before it; 0: it is being worked on, or over."""
        return self._line.position(self._answer)

    @property
    def estimated_wait_s(self) -> float:
        """Seconds until its turn."""
        return self._line.estimated_wait_s(self._answer)

    def cancel(self) -> None:
        """Its place is free before the next step. Safe to repeat."""
        self._answer.is_cancelled = True
        self._wake()
