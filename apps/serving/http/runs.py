"""Requests under way: between the batcher's thread and the event loop."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import Receive

from apps.serving.http.figures import Figures
from apps.serving.protocols import Batcher, Event, Finished, Piece, Request, Ticket

_TICK_S, _FIRST_TICK_S = 1.0, 0.1  # who is served at once reads of no queue


@dataclass(frozen=True, slots=True)
class Waiting:
    """The place in the queue; told each second."""

    position: int
    wait_s: float


class Run:
    """One request. Made in the event loop; `submit` may run in another thread."""

    def __init__(self, figures: Figures) -> None:
        self._loop = asyncio.get_running_loop()
        self._events: deque[Event | None] = deque()
        self._has_events = asyncio.Event()
        self._figures = figures
        self._began = time.monotonic()
        self._tells_at = self._began + _FIRST_TICK_S
        self._ticket: Ticket | None = None
        self.is_gone = False  # the client

    def submit(self, batcher: Batcher, request: Request) -> None:
        """Hand the request over. Raises what `Batcher.submit` raises."""
        self._ticket = batcher.submit(request, self._deliver)

    @property
    def is_waiting(self) -> bool:
        """Nobody works on it yet."""
        return self._ticket is not None and self._ticket.position > 0

    def cancel(self) -> None:
        """Nobody reads the answer any more. Safe to repeat, and when it has ended."""
        if self._ticket is not None:
            self._ticket.cancel()

    def stop(self) -> None:
        """The server goes away: the events end, without Finished."""
        self.cancel()
        self._put(None)

    async def cancel_when_gone(self, receive: Receive) -> None:
        """Cancel as soon as the client has closed its connection."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.is_gone = True
        self.cancel()

    async def events(self) -> AsyncIterator[Waiting | Piece | Finished]:
        """What happens, pieces that came together joined. Ends after Finished, or at `stop`."""
        is_first = True
        while True:
            event = await self._next(is_first)
            if isinstance(event, Piece) and is_first:
                self._figures.first_text(self._began)
                is_first = False
            if event is None:
                self._figures.count("stopped")
                return
            if isinstance(event, Finished):
                self._figures.finished(event)
                yield event
                return
            yield self._with_following(event) if isinstance(event, Piece) else event

    async def _next(self, may_wait: bool) -> Waiting | Event | None:
        while not self._events:
            self._has_events.clear()
            left_s = self._tells_at - time.monotonic() if may_wait else None
            try:
                await asyncio.wait_for(self._has_events.wait(), left_s)
            except TimeoutError:
                self._tells_at += _TICK_S
                if self._ticket is not None and (position := self._ticket.position) > 0:
                    return Waiting(position, self._ticket.estimated_wait_s)
        return self._events.popleft()

    def _with_following(self, piece: Piece) -> Piece:
        text, tokens = piece.text, piece.tokens
        while self._events and isinstance(following := self._events[0], Piece):
            self._events.popleft()
            text, tokens = text + following.text, tokens + following.tokens
        return Piece(text, tokens)

    def _put(self, event: Event | None) -> None:
        self._events.append(event)
        self._has_events.set()

    def _deliver(self, event: Event) -> None:
        with suppress(RuntimeError):  # the loop is closed: the process ends
            self._loop.call_soon_threadsafe(self._put, event)
