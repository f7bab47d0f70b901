"""OpenAI's shapes of answers: chat completions and completions."""

import time
import uuid
from typing import Any

from apps.serving.protocols import Finished

# Told one by one they would tell whether a guess at another's question is right.
CACHED_STEP = 16


def usage(finished: Finished) -> dict[str, Any]:
    """Tokens read and written."""
    read, written = finished.prompt_tokens, finished.completion_tokens
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": _cached(finished)},
        "completion_tokens_details": {"accepted_prediction_tokens": finished.accepted_tokens},
    }


def timings(finished: Finished) -> dict[str, Any]:
    """Beside OpenAI's fields: where the time went."""
    return {
        "queued_s": round(finished.queued_s, 4),
        "prompt_s": round(finished.prompt_s, 4),
        "total_s": round(finished.total_s, 4),
        "cached_tokens": _cached(finished),
        "accepted_tokens": finished.accepted_tokens,
    }


def _cached(finished: Finished) -> int:
    return finished.cached_tokens // CACHED_STEP * CACHED_STEP


class _Envelope:
    """What all chunks of one answer share."""

    def __init__(self, prefix: str, kind: str, model: str, *, has_usage: bool) -> None:
        self._fields = {
            "id": f"{prefix}-{uuid.uuid4().hex}",
            "object": kind,
            "created": int(time.time()),
            "model": model,
        }
        self._has_usage = has_usage

    def chunk(self, choice: dict[str, Any]) -> dict[str, Any]:
        """A chunk with one choice."""
        made = self._fields | {"choices": [{"index": 0, "logprobs": None} | choice]}
        return made | {"usage": None} if self._has_usage else made

    def last(self, finished: Finished) -> list[dict[str, Any]]:
        """The chunk of figures, if it was asked for."""
        if not self._has_usage:
            return []
        return [self._fields | {"choices": []} | _figures(finished)]

    def whole(self, kind: str, choice: dict[str, Any], finished: Finished) -> dict[str, Any]:
        """An answer that does not stream."""
        choices = {"choices": [{"index": 0, "logprobs": None} | choice]}
        return self._fields | {"object": kind} | choices | _figures(finished)


def _figures(finished: Finished) -> dict[str, Any]:
    return {"usage": usage(finished), "timings": timings(finished)}


class ChatShape:
    """/v1/chat/completions."""

    def __init__(self, model: str, *, has_usage: bool) -> None:
        self._envelope = _Envelope("chatcmpl", "chat.completion.chunk", model, has_usage=has_usage)

    def opening(self) -> list[dict[str, Any]]:
        """Who speaks."""
        delta = {"role": "assistant", "content": ""}
        return [self._envelope.chunk({"delta": delta, "finish_reason": None})]

    def piece(self, text: str) -> dict[str, Any]:
        """A chunk of text."""
        return self._envelope.chunk({"delta": {"content": text}, "finish_reason": None})

    def closing(self, finished: Finished) -> list[dict[str, Any]]:
        """Why it ended, and the figures."""
        end = self._envelope.chunk({"delta": {}, "finish_reason": finished.reason})
        return [end, *self._envelope.last(finished)]

    def whole(self, text: str, finished: Finished) -> dict[str, Any]:
        """The answer at once."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"message": message, "finish_reason": finished.reason}
        return self._envelope.whole("chat.completion", choice, finished)


class CompletionShape:
    """/v1/completions."""

    def __init__(self, model: str, *, has_usage: bool) -> None:
        self._envelope = _Envelope("cmpl", "text_completion", model, has_usage=has_usage)

    def opening(self) -> list[dict[str, Any]]:
        """Nothing."""
        return []

    def piece(self, text: str) -> dict[str, Any]:
        """A chunk of text."""
        return self._envelope.chunk({"text": text, "finish_reason": None})

    def closing(self, finished: Finished) -> list[dict[str, Any]]:
        """Why it ended, and the figures."""
        end = self._envelope.chunk({"text": "", "finish_reason": finished.reason})
        return [end, *self._envelope.last(finished)]

    def whole(self, text: str, finished: Finished) -> dict[str, Any]:
        """The answer at once."""
        choice = {"text": text, "finish_reason": finished.reason}
        return self._envelope.whole("text_completion", choice, finished)
