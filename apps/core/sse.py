"""Server-sent events (WHATWG HTML, section 9.2) from an iterator that may be slow."""

import contextvars
import json
import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

from django.db import connections
from django.http import StreamingHttpResponse
from rest_framework.utils.encoders import JSONEncoder

from apps.core import cancellation

Item = TypeVar("Item")
MEDIA_TYPE = "text/event-stream"
KEEP_ALIVE = ": keep-alive\n\n"
KEEP_ALIVE_S = 10.0


class Silence:
    """Nothing happened for a while; the connection should carry a sign of life."""


class Feed(Generic[Item]):
    """Runs an iterator in a thread of its own, so that its reader can speak while it is silent.

    What the iterator raises is raised to the reader. `close` stops the iterator at its next item,
    and wakes it where it waits for a server (apps.core.cancellation).
    """

    def __init__(self, source: Iterator[Item]) -> None:
        self._source = source
        self._items: queue.SimpleQueue[Item | Exception | None] = queue.SimpleQueue()
        self._is_closed = threading.Event()
        self._cancellation = cancellation.Cancellation()
        context = contextvars.copy_context()  # the language of the request
        context.run(cancellation.current.set, self._cancellation)
        threading.Thread(target=context.run, args=(self._pump,), daemon=True).start()

    def read(self, *, silence_s: float = KEEP_ALIVE_S) -> Iterator[Item | Silence]:
        """The items as they come, and a Silence whenever none came for `silence_s` seconds."""
        while True:
            try:
                item = self._items.get(timeout=silence_s)
            except queue.Empty:
                yield Silence()
                continue
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item

    def close(self) -> None:
        """Tell the iterator that nobody listens any more. Safe to repeat."""
        self._is_closed.set()
        self._cancellation.cancel()

    def _pump(self) -> None:
        try:
            for item in self._source:
                self._items.put(item)
                if self._is_closed.is_set():
                    break
        except Exception as error:  # noqa: BLE001 - handed to the reader, who logs or ends with it
            self._items.put(error)
        finally:
            close = getattr(self._source, "close", None)
            if close is not None:
                close()
            self._items.put(None)
            connections.close_all()


def event(name: str, data: object) -> str:
    """One event, its data as JSON on one line."""
    text = json.dumps(data, cls=JSONEncoder, ensure_ascii=False)
    return f"event: {name}\ndata: {text}\n\n"


def stream(events: Iterator[str]) -> StreamingHttpResponse:
    """The response that sends events at once, past any proxy's buffer."""
    return StreamingHttpResponse(
        events,
        content_type=f"{MEDIA_TYPE}; charset=utf-8",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
