"""A request on its way: what was read, what was said, and how it ends."""

import logging
import time
from dataclasses import dataclass, field

from apps.serving.batching.decoding import Sampler
from apps.serving.batching.guessing import Guesser
from apps.serving.batching.text import AnswerText
from apps.serving.protocols import Deliver, Finished, FinishReason, Piece, Request

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Answer:
    """One request, from its submission to its Finished event. The batcher's thread owns it."""

    request: Request
    deliver: Deliver
    sampler: Sampler
    tokens: list[int]  # the prompt, then what was said
    text: AnswerText
    guesser: Guesser | None = None
    cached: int = 0
    said: int = 0
    accepted: int = 0
    untold: int = 0  # tokens said since the last piece
    overtaken: int = 0
    is_cancelled: bool = False  # set from any thread
    is_over: bool = False
    submitted_at: float = field(default_factory=time.monotonic)
    started_at: float = 0.0
    written_from: float = 0.0

    @property
    def prompt_tokens(self) -> int:
        """Length of the prompt."""
        return len(self.request.tokens)

    @property
    def left(self) -> int:
        """Tokens that it may still say."""
        return self.request.max_tokens - self.said

    def say(self, token: int, piece: bytes, *, is_end: bool) -> FinishReason | None:
        """Take the next token; why the answer ends with it, if it does."""
        if is_end:
            return FinishReason.STOP
        self.tokens.append(token)
        self.said += 1
        self.untold += 1
        if self.guesser is not None:
            self.guesser.add(token)
        self._tell(self.text.add(piece))
        if self.text.is_stopped:
            return FinishReason.STOP
        return FinishReason.LENGTH if self.left <= 0 else None

    def finish(self, reason: FinishReason, message: str = "") -> None:
        """Deliver the last events. Safe to repeat."""
        if self.is_over:
            return
        self.is_over = True
        self.sampler.close()
        try:
            if reason in (FinishReason.STOP, FinishReason.LENGTH):
                self._tell(self.text.close())
            self.deliver(self._finished(reason, message))
        except Exception:  # its listener is at fault: nobody else may suffer from it
            log.exception("an answer's listener failed")

    def _tell(self, text: str) -> None:
        if text:
            untold, self.untold = self.untold, 0
            self.deliver(Piece(text, untold))

    def _finished(self, reason: FinishReason, message: str) -> Finished:
        now = time.monotonic()
        started = self.started_at or now
        return Finished(
            reason=reason,
            prompt_tokens=self.prompt_tokens,
            cached_tokens=self.cached,
            completion_tokens=self.said,
            accepted_tokens=self.accepted,
            queued_s=started - self.submitted_at,
            prompt_s=(self.written_from or now) - started,
            total_s=now - self.submitted_at,
            message=message,
        )
