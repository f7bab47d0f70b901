"""Server-sent events of a run. Source: the HTML standard, 9.2; OpenAI's API reference."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from apps.serving.http.errors import ApiError, stopping
from apps.serving.http.runs import Run, Waiting
from apps.serving.protocols import Finished, FinishReason, Piece

_log = logging.getLogger(__name__)
_DONE = b"data: [DONE]\n\n"


class Shape(Protocol):
    """How an interface writes an answer."""

    def opening(self) -> list[dict[str, Any]]:
        """Chunks before the first text."""

    def piece(self, text: str) -> dict[str, Any]:
        """A chunk of text."""

    def closing(self, finished: Finished) -> list[dict[str, Any]]:
        """Chunks after the last text."""

    def whole(self, text: str, finished: Finished) -> dict[str, Any]:
        """The answer of a request that does not stream."""


class EventStream(Response):
    """Streams a run. A client that leaves cancels it at once."""

    media_type = "text/event-stream"

    def __init__(self, run: Run, shape: Shape, ended: Callable[[Run], None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._run, self._shape, self._ended = run, shape, ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events as they come."""
        watch = asyncio.create_task(self._run.cancel_when_gone(receive))
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        try:
            await send(start)
            async for part in self._parts():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watch.cancel()
            self._ended(self._run)

    async def _parts(self) -> AsyncIterator[bytes]:
        """Events and comments. The boundary where a bug ends as an event, not as a traceback."""
        try:
            async for part in self._events():
                yield part
        except Exception:  # noqa: BLE001
            _log.exception("an answer broke off")
            yield data(ApiError(500, "The answer broke off.", code="internal").body)

    async def _events(self) -> AsyncIterator[bytes]:
        is_open = False
        async for event in self._run.events():
            if isinstance(event, Waiting):
                yield f": queued position={event.position} wait_s={event.wait_s:.1f}\n\n".encode()
                continue
            if isinstance(event, Finished) and (refusal := refusal_of(event)):
                yield data(refusal.body)
                return
            if not is_open:
                is_open = True
                for chunk in self._shape.opening():
                    yield data(chunk)
            if isinstance(event, Piece):
                yield data(self._shape.piece(event.text))
                continue
            for chunk in self._shape.closing(event):
                yield data(chunk)
            yield _DONE
            return
        yield data(stopping().body)


def refusal_of(finished: Finished) -> ApiError | None:
    """What an answer that was cut is told as; None: it ended by itself."""
    if finished.reason == FinishReason.ERROR:
        message = finished.message or "The model failed."
        return ApiError(500, message, code="model_error")
    if finished.reason == FinishReason.IMPOSSIBLE:
        return ApiError(400, finished.message, code="impossible_grammar", param="grammar")
    return stopping() if finished.reason == FinishReason.CANCELLED else None


def data(chunk: dict[str, Any]) -> bytes:
    """One event."""
    text = json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
    return b"data: " + text.encode() + b"\n\n"
