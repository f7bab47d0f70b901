"""Replies as Ollama's clients know them."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.core.errors import ClawdbotError
from apps.gateway.asked import Ended, Reply, Waiting
from apps.gateway.ollama.errors import body_of
from apps.gateway.sources import Site, cited, extras

MEDIA_TYPE = "application/x-ndjson"
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """Chats, or texts (`is_chat` False), of one model."""

    model: str
    site: Site
    is_chat: bool = True
    began: float = field(default_factory=time.monotonic)

    def whole(self, reply: Reply) -> dict[str, Any]:
        """The reply in one piece."""
        return self.line(reply.text) | self.last(reply.ended)

    def line(self, text: str) -> dict[str, Any]:
        """The next text."""
        said = {"message": {"role": "assistant", "content": text}}
        return {
            "model": self.model,
            "created_at": datetime.now(UTC).isoformat(),
            **(said if self.is_chat else {"response": text}),
            "done": False,
        }

    def last(self, ended: Ended) -> dict[str, Any]:
        """What the last line says beside its text: reason, counts, nanoseconds, sources."""
        told = {
            "done": True,
            "done_reason": ended.finish_reason,
            **self.times(ended.timings),
            "prompt_eval_count": ended.usage.prompt_tokens,
            "eval_count": ended.usage.completion_tokens,
        }
        if ended.answer is None:
            return told
        sources = {"citations": cited(ended.answer, self.site)}
        return told | sources | {"clawdbot": extras(ended.answer, self.site)}

    def times(self, timings: Mapping[str, float]) -> dict[str, int]:
        """In nanoseconds."""
        prompt_s, total_s = timings.get("prompt_s", 0.0), timings.get("total_s", 0.0)
        return {
            "total_duration": int((time.monotonic() - self.began) * _NS),
            "load_duration": 0,
            "prompt_eval_duration": int(prompt_s * _NS),
            "eval_duration": int(max(0.0, total_s - prompt_s) * _NS),
        }


class OllamaWriter:
    """Lines of JSON."""

    media_type = MEDIA_TYPE

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def begin(self) -> str:
        """Nothing: the first line is the first text."""
        return ""

    def waiting(self, event: Waiting | None) -> str:
        """A line without text: this protocol knows no comments."""
        place = {} if event is None else {"position": event.position, "wait_s": event.wait_s}
        return _line(self._shape.line("") | place)

    def piece(self, text: str) -> str:
        """The next text."""
        return _line(self._shape.line(text))

    def end(self, text: str, ended: Ended) -> str:
        """A line without text, but with everything else."""
        return _line(self._shape.line("") | self._shape.last(ended))

    def failed(self, error: ClawdbotError) -> str:
        """A line with the error, the last."""
        return _line(body_of(error))


def _line(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False) + "\n"
