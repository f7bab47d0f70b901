"""Server-sent events as OpenAI-compatible servers write them: from lines to what they mean."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apps.generation.upstream.values import ChatDone, ChatEvent, ChatPiece, ChatQueued, Usage

DONE = "[DONE]"
_QUEUED = re.compile(r"^\s*queued position=(\d+)(?:\s+wait_s=([0-9.]+))?")


MOST_LINE_BYTES = 4 << 20


class Told(Exception):
    """The server ended its stream with an error object."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__("error in the stream")
        self.error = error


def lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Lines without their ends. Only LF and CRLF end one: `str.splitlines` would also break JSON
    at U+2028. Raises ValueError for a line of more than 4 MB."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
        if len(rest) > MOST_LINE_BYTES:
            raise ValueError("a line of an event stream is too long")
    if rest:
        yield rest.decode("utf-8", "replace")


def messages(lines: Iterable[str]) -> Iterator[str | ChatQueued]:
    """The data of each event (its lines joined by line breaks), and what comments say of a queue.

    Source: WHATWG HTML, section 9.2.6; fields but `data` say nothing here.
    """
    data: list[str] = []
    for line in lines:
        if not line:
            if data:
                yield "\n".join(data)
            data = []
        elif line.startswith(":"):
            if queued := _QUEUED.match(line[1:]):
                yield ChatQueued(int(queued[1]), float(queued[2] or 0.0))
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
    if data:  # a server that forgets the last empty line
        yield "\n".join(data)


def chat_events(lines: Iterable[str]) -> Iterator[ChatEvent]:
    """Pieces of the first choice as they come, then ChatDone, when the stream ended as it should.

    Raises Told on an error object, ValueError on what is no JSON. Without ChatDone at the end the
    connection was cut.
    """
    reason, done = "", ChatDone("")
    for message in messages(lines):
        if isinstance(message, ChatQueued):
            yield message
            continue
        if message.strip() == DONE:
            break
        chunk = _object(message)
        if chunk.get("error"):
            error = chunk["error"]
            raise Told(error if isinstance(error, dict) else {"message": str(error)})
        text, told, done = _read(chunk, done)
        if text:
            yield ChatPiece(text)
        reason = told or reason
    else:
        if not reason:
            return
    yield ChatDone(reason or "stop", done.usage, done.timings, done.model)


def _read(chunk: Mapping[str, Any], known: ChatDone) -> tuple[str, str, ChatDone]:
    """The text, the reason to end, the counts. Raises ValueError for what is no chunk."""
    text = reason = ""
    try:
        for choice in chunk.get("choices") or ():
            text += str((choice.get("delta") or {}).get("content") or choice.get("text") or "")
            reason = str(choice.get("finish_reason") or reason)
        return text, reason, _counted(chunk, known)
    except (AttributeError, TypeError) as error:
        raise ValueError("an event is not a chunk of a chat") from error


def usage_of(body: Mapping[str, Any]) -> Usage:
    """The counts in `usage`; zeros where there are none."""
    told = body.get("usage") or {}
    details = told.get("prompt_tokens_details") or {}
    cached = details.get("cached_tokens") or (body.get("timings") or {}).get("cached_tokens")
    return Usage(
        int(told.get("prompt_tokens") or 0),
        int(told.get("completion_tokens") or 0),
        int(cached or 0),
    )


def _counted(chunk: Mapping[str, Any], known: ChatDone) -> ChatDone:
    timings = {
        name: float(value)
        for name, value in (chunk.get("timings") or {}).items()
        if isinstance(value, int | float)
    }
    return ChatDone(
        "",
        usage_of(chunk) if chunk.get("usage") else known.usage,
        timings or known.timings,
        str(chunk.get("model") or known.model),
    )


def _object(message: str) -> dict[str, Any]:
    read = json.loads(message)
    if not isinstance(read, dict):
        raise ValueError("an event is not an object")
    return read
