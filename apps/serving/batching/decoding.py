"""What the batcher needs of whatever computes: slots of past tokens, decoding, choosing tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from apps.serving.protocols import Sampling


class DecodeFailed(Exception):
    """These runs could not be computed; what their slots hold from each run's start on is lost."""


class NoRoom(DecodeFailed):
    """There was no room for them; nothing was computed."""


class NoToken(Exception):
    """A sampler cannot go on; the text says why, for whoever asked."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive tokens of one slot, from position `start` on. Logits come out for the last
    `outputs` of them."""

    slot: int
    start: int
    tokens: Sequence[int]
    outputs: int


class Sampler(Protocol):
    """Chooses tokens for one sequence, and remembers those that it chose."""

    def sample(self, row: int) -> int:
        """The token after the one at `row` of the last decoding; from now on it counts as said.
        Raises NoToken."""

    def close(self) -> None:
        """Free it. Safe to repeat."""


class Decoder(Protocol):
    """A model with `slots` sequences of `context` tokens each. One thread uses it."""

    @property
    def slots(self) -> int:
        """How many sequences it holds."""

    @property
    def context(self) -> int:
        """Tokens of one sequence."""

    @property
    def batch(self) -> int:
        """Tokens that one `decode` takes."""

    @property
    def outputs(self) -> int:
        """Rows with logits that one `decode` gives."""

    @property
    def can_rewind(self) -> bool:
        """Whether a slot can be cut anywhere; else it can only be emptied."""

    def decode(self, runs: Sequence[Run]) -> list[int]:
        """Compute them; the row of each run's first output. Raises NoRoom, DecodeFailed."""

    def cut(self, slot: int, length: int) -> None:
        """Forget what the slot holds beyond its first `length` tokens."""

    def copy(self, source: int, target: int) -> None:
        """Make `target` hold what `source` holds. Costs about as much as copying its memory."""

    def sampler(self, sampling: Sampling) -> Sampler:
        """A new one. Raises ValueError: the grammar is none."""

    def piece(self, token: int) -> bytes:
        """A token's text; nothing for control tokens."""

    def is_end(self, token: int) -> bool:
        """Whether the token ends an answer."""
