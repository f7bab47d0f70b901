"""Who computes next: prompts are read one after the other, in between everybody writes a token."""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apps.serving.batching.answers import Answer
from apps.serving.batching.costs import Costs
from apps.serving.batching.decoding import DecodeFailed, Decoder, NoRoom, NoToken
from apps.serving.batching.drafting import draft, draft_length
from apps.serving.batching.reading import Reading
from apps.serving.batching.slots import SlotTable
from apps.serving.batching.waiting import WaitingLine
from apps.serving.protocols import FinishReason

log = logging.getLogger(__name__)
FAILED = "The model could not compute this answer."


@dataclass(frozen=True, slots=True)
class Part:
    """What a step computes for one answer; the last `outputs` tokens give one token each."""

    answer: Answer
    tokens: Sequence[int]
    outputs: int


class Scheduler:
    """Brings answers from the line to their ends, step by step. One thread uses it.

    A step is: everybody who writes gets a token (or more, by good guesses), then one chunk of one
    prompt is read. So a prompt that is read delays the others by one chunk, and prompts do not
    delay each other: the first one is done in the time that it takes alone.
    """

    def __init__(self, decoder: Decoder, line: WaitingLine, costs: Costs, *, parallel: int) -> None:
        self._decoder, self._line, self._costs, self._parallel = decoder, line, costs, parallel
        self._slots = SlotTable(decoder)
        self._reading = Reading(self._slots, costs, batch=decoder.batch)
        self._writing: list[Answer] = []
        self.counters: Counter[str] = Counter()

    @property
    def running(self) -> int:
        """How many answers are worked on."""
        return len(self._writing) + len(self._reading.answers)

    @property
    def has_work(self) -> bool:
        """Whether a step would do anything."""
        return self.running > 0 or len(self._line) > 0

    def step(self) -> None:
        """One token for everybody who writes, one chunk for the prompt that is read."""
        self._drop_cancelled()
        self._admit()
        if self._writing:
            self._write()
        if self._reading.answers:
            self._read()
        self._line.working(self.running, self._reading.unread)

    def end_all(self, reason: FinishReason) -> None:
        """End every answer, those that wait too."""
        while (waiting := self._line.next()) is not None:
            waiting.finish(reason)
        self.end_running(reason)

    def end_running(self, reason: FinishReason, message: str = "") -> None:
        """End the answers that are worked on."""
        for answer in [*self._writing, *self._reading.answers]:
            self._end(answer, reason, message)
        self._line.working(0, 0)

    def _drop_cancelled(self) -> None:
        for answer in self._line.leave():
            answer.finish(FinishReason.CANCELLED)
        for answer in [*self._writing, *self._reading.answers]:
            if answer.is_cancelled:
                self._end(answer, FinishReason.CANCELLED)

    def _admit(self) -> None:
        while self.running < self._parallel and (answer := self._line.next()) is not None:
            answer.started_at = time.monotonic()
            self._reading.answers.append(answer)

    def _read(self) -> None:
        answer, tokens = self._reading.chunk(is_alone=not self._writing)
        is_last = len(tokens) == self._slots.unread(answer)
        started = time.monotonic()
        self._compute([Part(answer, tokens, int(is_last))])
        self._costs.read(len(tokens), time.monotonic() - started)
        self.counters["prompt_tokens"] += len(tokens)
        if is_last:
            self.counters["cached_tokens"] += answer.cached

    def _write(self) -> None:
        self._slots.close_gaps(self._writing)
        answers = sorted(self._writing, key=lambda answer: self._slots.slot(answer).number)
        length = draft_length(answers, self._costs, room=self._room(answers))
        parts = [
            Part(answer, [answer.tokens[-1], *draft(answer, length)], 1 + length)
            for answer in answers
        ]
        started = time.monotonic()
        self._compute(parts)
        self._costs.wrote(len(parts), 1 + length, time.monotonic() - started)
        self.counters["steps"] += 1

    def _room(self, answers: Sequence[Answer]) -> int:
        """How many tokens more than one each of them can take."""
        if not self._decoder.can_rewind:
            return 0
        longest = max(len(answer.tokens) for answer in answers)
        outputs = self._decoder.outputs // len(answers) - 1
        return max(0, min(self._decoder.context - longest, outputs))

    def _compute(self, parts: Sequence[Part]) -> None:
        """Decode the parts and let their answers speak. Those that cannot be computed end."""
        runs = [self._slots.run(part.answer, part.tokens, part.outputs) for part in parts]
        try:
            rows = self._decoder.decode(runs)
        except DecodeFailed as failure:
            self._recover(parts, failure)
            return
        for part in parts:
            self._slots.advance(part.answer, part.tokens)
        for part, row in zip(parts, rows, strict=True):
            if part.outputs:
                self._speak(part, row)

    def _recover(self, parts: Sequence[Part], failure: DecodeFailed) -> None:
        """Find who cannot be computed: give up the cache, then try each one alone."""
        log.warning("a step of %d sequences failed: %s", len(parts), failure)
        for part in parts:
            self._slots.restore(part.answer)
        if isinstance(failure, NoRoom) and self._slots.forget_cached():
            self._compute(parts)
        elif len(parts) > 1:
            for part in parts:
                self._compute([part])
        else:
            self._end(parts[0].answer, FinishReason.ERROR, FAILED)

    def _speak(self, part: Part, row: int) -> None:
        answer = part.answer
        try:
            reason = self._choose(part, row)
        except NoToken as error:
            self._end(answer, FinishReason.IMPOSSIBLE, f"The answer cannot go on: {error}.")
            return
        except Exception:  # a sampler or a listener failed: only its own answer ends
            log.exception("an answer failed")
            self._end(answer, FinishReason.ERROR, FAILED)
            return
        if reason is not None:
            self._end(answer, reason)
        elif answer in self._reading.answers:
            self._reading.answers.remove(answer)
            self._writing.append(answer)
            answer.written_from = time.monotonic()

    def _choose(self, part: Part, row: int) -> FinishReason | None:
        """Choose tokens from the row on, as long as the guesses among the part's have them right.

        Source: Leviathan et al., ICML 2023, in its exact form: each token is chosen as it would be
        without guesses, and a guess only saves computing it.
        """
        answer, guesses = part.answer, part.tokens[len(part.tokens) - part.outputs + 1 :]
        true = len(answer.tokens)  # how much of the slot is
        for at in range(part.outputs):
            token = answer.sampler.sample(row + at)
            is_end = self._decoder.is_end(token)
            reason = answer.say(token, self._decoder.piece(token), is_end=is_end)
            if reason is not None or at == len(guesses) or guesses[at] != token:
                break
            answer.accepted += 1
            true += 1
        self._slots.rewind(answer, true)
        if reason is None and len(answer.tokens) > self._decoder.context:
            return FinishReason.LENGTH
        return reason

    def _end(self, answer: Answer, reason: FinishReason, message: str = "") -> None:
        is_sound = reason not in (FinishReason.ERROR, FinishReason.IMPOSSIBLE)
        self._slots.release(answer, is_sound=is_sound)
        for answers in (self._writing, self._reading.answers):
            if answer in answers:
                answers.remove(answer)
        answer.finish(reason, message)
        self.counters[f"ended_{reason}"] += 1
        self.counters["completion_tokens"] += answer.said
        self.counters["accepted_tokens"] += answer.accepted
        if reason is not FinishReason.CANCELLED:
            self._costs.ended(answer.said)
