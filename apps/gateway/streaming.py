"""From events to a response: in one piece, or as they come, in the words of a protocol."""

import itertools
import time
from collections.abc import Iterator
from typing import Protocol

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from apps.core import metering, sse
from apps.core.errors import ClawdbotError
from apps.core.refusals import told
from apps.gateway.asked import Ended, Event, Piece, Reply, Waiting
from apps.gateway.presence import is_gone

LOOK_S = 1.0  # how often it is looked whether the client is still there
KEEP_ALIVE_S = 10.0


class Writer(Protocol):
    """Says events in the words of one protocol."""

    media_type: str

    def begin(self) -> str:
        """What comes before everything else."""

    def waiting(self, event: Waiting | None) -> str:
        """A sign of life, with the place in the queue where there is one."""

    def piece(self, text: str) -> str:
        """The next text."""

    def end(self, text: str, ended: Ended) -> str:
        """The rest, `text` being all that was said."""

    def failed(self, error: ClawdbotError) -> str:
        """The stream breaks off because of this."""


class ClientGone(Exception):
    """Nobody waits for the reply any more."""


def collected(events: Iterator[Event], request: Request) -> Reply:
    """The reply in one piece. Raises what the events raise, and ClientGone."""
    feed = sse.Feed(events)
    pieces: list[str] = []
    try:
        for event in feed.read(silence_s=LOOK_S):
            if isinstance(event, Ended):
                return Reply("".join(pieces), event)
            if is_gone(request):
                raise ClientGone
            if isinstance(event, Piece):
                pieces.append(event.text)
    finally:
        feed.close()
    raise AssertionError("the events ended without an end")


def streamed(events: Iterator[Event], writer: Writer, request: Request) -> StreamingHttpResponse:
    """The reply as it comes. What is raised before the first word is raised here, unless the client
    had to be given a sign of life by then. Raises ClientGone, too."""
    feed = sse.Feed(events)
    read = feed.read(silence_s=LOOK_S)
    try:
        first = _first(read, request)
    except Exception:
        feed.close()
        raise
    lines = _written(feed, itertools.chain([first], read), writer, request)
    response = sse.stream(lines)
    response["Content-Type"] = writer.media_type
    return response


def _first(read: Iterator[Event | sse.Silence], request: Request) -> Event | sse.Silence:
    """The first word, or whatever there is after a while: a refusal has a status until then."""
    until = time.monotonic() + KEEP_ALIVE_S
    for event in read:
        if isinstance(event, Piece | Ended) or time.monotonic() >= until:
            return event
        if is_gone(request):
            raise ClientGone
    raise AssertionError("the events ended without an end")


def _written(
    feed: sse.Feed[Event],
    events: Iterator[Event | sse.Silence],
    writer: Writer,
    request: Request,
) -> Iterator[str]:
    """The events as text. Whatever goes wrong ends the stream in the protocol's own way."""
    spoke = time.monotonic()
    said: list[str] = []
    try:
        yield writer.begin()
        for event in events:
            if isinstance(event, Piece):
                said.append(event.text)
                yield writer.piece(event.text)
            elif isinstance(event, Ended):
                yield writer.end("".join(said), event)
            elif is_gone(request):
                metering.left()
                return
            elif isinstance(event, Waiting):
                yield writer.waiting(event)
            elif time.monotonic() - spoke < KEEP_ALIVE_S:
                continue
            else:
                yield writer.waiting(None)
            spoke = time.monotonic()
    except Exception as error:  # noqa: BLE001 - the stream's boundary: told, bugs are logged
        yield writer.failed(told(error))
    finally:
        feed.close()
