"""Replies as OpenAI's clients know them."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from apps.core.errors import ClawdbotError
from apps.core.sse import KEEP_ALIVE, MEDIA_TYPE
from apps.gateway.asked import Ended, Reply, Waiting
from apps.gateway.openai.errors import body_of
from apps.gateway.sources import Site, cited, extras, marks
from apps.generation.upstream import Usage

DONE = "data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Shape:
    """Chats, or completions (`is_chat` False), of one model."""

    model: str
    site: Site
    is_chat: bool = True
    id: str = field(default_factory=lambda: uuid4().hex)
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, reply: Reply) -> dict[str, Any]:
        """The reply in one piece."""
        told = sourced(reply.text, reply.ended, self.site)
        message = {"role": "assistant", "content": reply.text, "refusal": None, **told.message}
        said = {"message": message} if self.is_chat else {"text": reply.text}
        reason = reply.ended.finish_reason
        choice = {"index": 0, **said, "logprobs": None, "finish_reason": reason}
        counts = usage_of(reply.ended.usage)
        return {**self._object(""), "choices": [choice], "usage": counts, **told.beside}

    def chunk(
        self, said: Mapping[str, Any] | str, reason: str | None = None, **beside: Any
    ) -> dict[str, Any]:
        """A part of it: what a `delta` says, or the text of a completion."""
        kind = "delta" if self.is_chat else "text"
        choice = {"index": 0, kind: said, "logprobs": None, "finish_reason": reason}
        return self._object(".chunk") | {"choices": [choice]} | beside

    def counts(self, usage: Usage) -> dict[str, Any]:
        """The chunk behind the last, with the counts."""
        return self._object(".chunk") | {"choices": [], "usage": usage_of(usage)}

    def _object(self, part: str) -> dict[str, Any]:
        return {
            "id": f"{'chatcmpl' if self.is_chat else 'cmpl'}-{self.id}",
            "object": f"chat.completion{part}" if self.is_chat else "text_completion",
            "created": self.created,
            "model": self.model,
        }


@dataclass(frozen=True, slots=True)
class Sourced:
    """What is told of sources: in the message, and beside the choices."""

    message: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)


def sourced(text: str, ended: Ended, site: Site) -> Sourced:
    """`citations` as our own API has them, and `annotations` as OpenAI's web search does."""
    if ended.answer is None:
        return Sourced(beside={"timings": dict(ended.timings)} if ended.timings else {})
    citations = cited(ended.answer, site)
    return Sourced(
        message={"annotations": annotations(text, citations), "citations": citations},
        beside={"clawdbot": extras(ended.answer, site)},
    )


def annotations(text: str, citations: Sequence[Mapping[str, Any]]) -> Sequence[dict[str, Any]]:
    """A link for each `[n]`: its characters in the text, and where it leads to."""
    by_number = {one["n"]: one for one in citations}
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start,
                "end_index": end,
                "url": by_number[n]["url"],
                "title": by_number[n]["title"],
            },
        }
        for start, end, n in marks(text, citations)
    ]


def usage_of(usage: Usage) -> dict[str, Any]:
    """The counts."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }


class OpenAIWriter:
    """Server-sent events without names, the last of them `[DONE]`."""

    media_type = f"{MEDIA_TYPE}; charset=utf-8"

    def __init__(self, shape: Shape, *, has_usage: bool) -> None:
        self._shape, self._has_usage = shape, has_usage

    def begin(self) -> str:
        """Who speaks."""
        if not self._shape.is_chat:
            return ""
        return data(self._shape.chunk({"role": "assistant", "content": ""}))

    def waiting(self, event: Waiting | None) -> str:
        """A comment, which clients pass over."""
        if event is None:
            return KEEP_ALIVE
        return f": queued position={event.position} wait_s={event.wait_s:.1f}\n\n"

    def piece(self, text: str) -> str:
        """The next text."""
        return data(self._shape.chunk({"content": text} if self._shape.is_chat else text))

    def end(self, text: str, ended: Ended) -> str:
        """Sources and reason, then the counts where they were asked for."""
        told = sourced(text, ended, self._shape.site)
        said = told.message if self._shape.is_chat else ""
        last = data(self._shape.chunk(said, ended.finish_reason, **told.beside))
        counts = data(self._shape.counts(ended.usage)) if self._has_usage else ""
        return last + counts + DONE

    def failed(self, error: ClawdbotError) -> str:
        """An error object; OpenAI's clients raise it. Nothing follows: it is no end of a reply."""
        return data(body_of(error))


def data(body: Mapping[str, Any]) -> str:
    """One event."""
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"
