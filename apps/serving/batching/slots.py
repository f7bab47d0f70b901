"""Which tokens each slot holds, whose they are, and which of them a prompt can begin with."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.serving.batching.answers import Answer
from apps.serving.batching.decoding import Decoder, Run

WORTH_KEEPING = 32  # tokens; fewer are computed again sooner than copied


@dataclass(slots=True)
class Slot:
    """A sequence of the decoder: the tokens whose state it holds. `owner`: who writes there.

    `key`: whose beginnings these are. How much of a prompt is known already is told, and felt: who
    may try prompts out must not learn by it, token by token, what others were answered from.
    """

    number: int
    tokens: list[int] = field(default_factory=list)
    owner: Answer | None = None
    key: str = ""
    used: int = 0  # a counter's value, for "least recently"


class SlotTable:
    """Gives slots to answers. What nobody owns any more is a cache of prompts' beginnings.

    Answers that write lie in slots 0, 1, 2, ... without a gap: llama.cpp computes only neighbouring
    sequences in one pass (`split_equal`), each gap costs another pass over the weights.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._slots = [Slot(number) for number in range(decoder.slots)]
        self._of: dict[Answer, Slot] = {}
        self._clock = 0

    def slot(self, answer: Answer) -> Slot:
        """Where the answer lies. Raises KeyError: nowhere."""
        return self._of[answer]

    def has(self, answer: Answer) -> bool:
        """Whether it has a slot."""
        return answer in self._of

    def unread(self, answer: Answer) -> int:
        """How many tokens of the prompt are still to be computed."""
        if (slot := self._of.get(answer)) is not None:
            return len(answer.tokens) - len(slot.tokens)
        return len(answer.tokens) - self._donor(answer)[1]

    def take(self, answer: Answer) -> Slot:
        """A slot for the answer, with as much of its prompt as any slot holds."""
        target = next(slot for slot in self._slots if slot.owner is None)
        donor, common = self._donor(answer)
        if donor is None or common < WORTH_KEEPING:
            donor, common = target, self._common(target, answer)
        if donor is not target or common < len(target.tokens) - WORTH_KEEPING:
            self._move_aside(target, donor)
        if donor is not target:
            self._copy(donor, target)
        self._cut(target, common)
        target.owner, target.key = answer, answer.request.cache_key
        self._touch(target)
        self._of[answer] = target
        return target

    def advance(self, answer: Answer, tokens: Sequence[int]) -> None:
        """The answer's slot holds these too now."""
        self._of[answer].tokens.extend(tokens)

    def rewind(self, answer: Answer, length: int) -> None:
        """Only the first `length` tokens are true."""
        slot = self._of[answer]
        if len(slot.tokens) > length:
            self._cut(slot, length)

    def release(self, answer: Answer, *, is_sound: bool = True) -> None:
        """The answer is over; its tokens stay as a cache if they are sound. Safe to repeat."""
        slot = self._of.pop(answer, None)
        if slot is None:
            return
        slot.owner = None
        self._touch(slot)
        if not is_sound:
            self._cut(slot, 0)

    def close_gaps(self, writing: Sequence[Answer]) -> None:
        """Bring the writing answers together at the front."""
        goal = len(writing)
        outside = [slot for answer in writing if (slot := self._of[answer]).number >= goal]
        for slot in outside:
            inside = next(place for place in self._slots[:goal] if place.owner not in writing)
            self._exchange(slot, inside)

    def restore(self, answer: Answer) -> None:
        """Forget what a failed decoding may have left in the answer's slot."""
        slot = self._of[answer]
        self._decoder.cut(slot.number, len(slot.tokens))

    def forget_cached(self) -> bool:
        """Empty all slots that nobody owns; whether any held something."""
        cached = [slot for slot in self._slots if slot.owner is None and slot.tokens]
        for slot in cached:
            self._cut(slot, 0)
        return bool(cached)

    def run(self, answer: Answer, tokens: Sequence[int], outputs: int) -> Run:
        """The next tokens of the answer, for the decoder."""
        slot = self._of[answer]
        return Run(slot.number, len(slot.tokens), tokens, outputs)

    def _donor(self, answer: Answer) -> tuple[Slot | None, int]:
        """The slot that holds most of the beginning, a free one if two hold as much."""
        best, most = None, 0
        for slot in sorted(self._slots, key=lambda slot: slot.owner is not None):
            common = self._common(slot, answer)
            if common > most:
                best, most = slot, common
        return best, most

    def _common(self, slot: Slot, answer: Answer) -> int:
        """What the slot holds of the beginning; the last token of a prompt is always computed."""
        if slot.key != answer.request.cache_key:
            return 0
        tokens = answer.tokens
        common = min(common_length(slot.tokens, tokens), len(tokens) - 1)
        is_usable = self._decoder.can_rewind or common == len(slot.tokens)
        return common if is_usable else 0

    def _move_aside(self, slot: Slot, donor: Slot) -> None:
        """Keep what a free slot holds, if another free one holds nothing, or something older."""
        others = [
            other
            for other in self._slots
            if other.owner is None and other is not slot and other is not donor
        ]
        if not others or len(slot.tokens) < WORTH_KEEPING:
            return
        oldest = min(others, key=lambda other: (len(other.tokens) >= WORTH_KEEPING, other.used))
        if len(oldest.tokens) < WORTH_KEEPING or oldest.used < slot.used:
            self._copy(slot, oldest)
            oldest.used = slot.used

    def _exchange(self, outside: Slot, inside: Slot) -> None:
        """Bring an answer to where another one, or a cache, lies; that one goes elsewhere."""
        if inside.owner is None:
            self._move_aside(inside, outside)
            self._move(outside, inside)
            return
        free = next(slot for slot in reversed(self._slots) if slot.owner is None)
        self._move(inside, free)
        self._move(outside, inside)
        self._move(free, outside)

    def _move(self, source: Slot, target: Slot) -> None:
        self._copy(source, target)
        target.owner, source.owner = source.owner, None
        target.used = source.used
        if target.owner is not None:
            self._of[target.owner] = target
        source.tokens = []
        self._decoder.cut(source.number, 0)

    def _copy(self, source: Slot, target: Slot) -> None:
        self._decoder.copy(source.number, target.number)
        target.tokens, target.key = list(source.tokens), source.key

    def _cut(self, slot: Slot, length: int) -> None:
        if len(slot.tokens) > length:
            self._decoder.cut(slot.number, length)
            del slot.tokens[length:]

    def _touch(self, slot: Slot) -> None:
        self._clock += 1
        slot.used = self._clock


def common_length(some: list[int], others: list[int]) -> int:
    """How many tokens at the beginning are the same; by halves, since lists compare in C."""
    low, high = 0, min(len(some), len(others))
    if some[:high] == others[:high]:
        return high
    while low < high - 1:
        middle = (low + high) // 2
        if some[low:middle] == others[low:middle]:
            low = middle
        else:
            high = middle
    return low
