"""Replies as Anthropic's clients know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from apps.core.errors import ClawdbotError
from apps.core.sse import MEDIA_TYPE, event
from apps.gateway.anthropic.errors import body_of
from apps.gateway.asked import Ended, Reply, Waiting
from apps.gateway.sources import Site, cited, extras
from apps.generation.upstream import Usage

_REASONS = {"stop": "end_turn", "length": "max_tokens"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Messages of one model. `read`: tokens of what was sent, as far as known before the end."""

    model: str
    site: Site
    read: int = 0
    id: str = field(default_factory=lambda: f"msg_{uuid4().hex}")

    def whole(self, reply: Reply) -> dict[str, Any]:
        """The reply in one piece."""
        citations, beside = self.sourced(reply.ended)
        block = {"type": "text", "text": reply.text, "citations": citations or None}
        return self.begun() | {
            "content": [block],
            "stop_reason": reason_of(reply.ended),
            "usage": usage_of(reply.ended.usage),
            **beside,
        }

    def begun(self) -> dict[str, Any]:
        """The message before anything is said."""
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage_of(Usage(prompt_tokens=self.read)),
        }

    def sourced(self, ended: Ended) -> tuple[Sequence[dict[str, Any]], Mapping[str, Any]]:
        """The citations of the text, and what is told beside the content."""
        if ended.answer is None:
            return [], {}
        citations = [_citation(one) for one in cited(ended.answer, self.site)]
        return citations, {"clawdbot": extras(ended.answer, self.site)}


def usage_of(usage: Usage) -> dict[str, int]:
    """The counts. Tokens that were read before are not part of `input_tokens`."""
    return {
        "input_tokens": usage.prompt_tokens - usage.cached_tokens,
        "cache_read_input_tokens": usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "output_tokens": usage.completion_tokens,
    }


def reason_of(ended: Ended) -> str:
    """Why it ended."""
    return _REASONS.get(ended.finish_reason, "end_turn")


def _citation(one: Mapping[str, Any]) -> dict[str, Any]:
    """Characters of a document's text, as Anthropic cites plain text; ours are all kept beside."""
    place = {
        "type": "char_location",
        "cited_text": one["quote"],
        "document_index": one["n"] - 1,
        "document_title": one["title"],
        "start_char_index": one["start"],
        "end_char_index": one["end"],
        "file_id": None,
    }
    return {**one, **place}


class AnthropicWriter:
    """Server-sent events with names, from `message_start` to `message_stop`."""

    media_type = f"{MEDIA_TYPE}; charset=utf-8"

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def begin(self) -> str:
        """The message and its one block of text."""
        block = {"type": "text", "text": "", "citations": None}
        return (
            _event("message_start", message=self._shape.begun())
            + _event("content_block_start", index=0, content_block=block)
            + _event("ping")
        )

    def waiting(self, event: Waiting | None) -> str:
        """A ping; clients pass over what it says of the queue."""
        if event is None:
            return _event("ping")
        return _event("ping", position=event.position, wait_s=round(event.wait_s, 1))

    def piece(self, text: str) -> str:
        """The next text."""
        return _delta({"type": "text_delta", "text": text})

    def end(self, text: str, ended: Ended) -> str:
        """Citations, the counts, the end."""
        citations, beside = self._shape.sourced(ended)
        deltas = [_delta({"type": "citations_delta", "citation": one}) for one in citations]
        said = {"stop_reason": reason_of(ended), "stop_sequence": None}
        return (
            "".join(deltas)
            + _event("content_block_stop", index=0)
            + _event("message_delta", delta=said, usage=usage_of(ended.usage), **beside)
            + _event("message_stop")
        )

    def failed(self, error: ClawdbotError) -> str:
        """An `error` event, the last."""
        return event("error", body_of(error)[0])


def _delta(delta: Mapping[str, Any]) -> str:
    return _event("content_block_delta", index=0, delta=delta)


def _event(name: str, **data: Any) -> str:
    return event(name, {"type": name, **data})
