"""Which prompt is read next, and how much of it at once."""

from apps.serving.batching.answers import Answer
from apps.serving.batching.costs import Costs
from apps.serving.batching.slots import SlotTable

PAUSE_S = 1.0  # that others wait between two tokens while a prompt is read
LEAST_CHUNK = 32


class Reading:
    """Answers whose prompts are not read to the end: first come, first served.

    One exception: what can be read within one pause (its beginning is known) may go first, but not
    past the same answer again and again.
    """

    def __init__(self, slots: SlotTable, costs: Costs, *, batch: int) -> None:
        self._slots, self._costs, self._batch = slots, costs, batch
        self.answers: list[Answer] = []

    @property
    def unread(self) -> int:
        """Tokens to read, at most."""
        return sum(
            self._slots.unread(answer) if self._slots.has(answer) else answer.prompt_tokens
            for answer in self.answers
        )

    def chunk(self, *, is_alone: bool) -> tuple[Answer, list[int]]:
        """The next tokens to read, and whose. `is_alone`: nobody waits for a token meanwhile."""
        answer = self._next()
        if not self._slots.has(answer):
            answer.cached = len(self._slots.take(answer).tokens)
        begin = len(answer.tokens) - self._slots.unread(answer)
        return answer, answer.tokens[begin : begin + self._length(answer, is_alone=is_alone)]

    def _length(self, answer: Answer, *, is_alone: bool) -> int:
        """Equal parts, none longer than the batch or, beside others, the pause."""
        unread = self._slots.unread(answer)
        limit = self._batch if is_alone else self._in_a_pause()
        return -(-unread // -(-unread // limit))

    def _in_a_pause(self) -> int:
        tokens = int(self._costs.reading_rate * PAUSE_S)
        return max(LEAST_CHUNK, min(tokens, self._batch))

    def _next(self) -> Answer:
        first = self.answers[0]
        if len(self.answers) == 1 or first.overtaken >= len(self.answers):
            return first
        short = min(self.answers[1:], key=self._slots.unread)
        limit = self._in_a_pause()
        if self._slots.unread(short) > limit or self._slots.unread(first) <= limit:
            return first
        first.overtaken += 1
        return short
