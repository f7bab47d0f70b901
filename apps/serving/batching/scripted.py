"""A Decoder without a model: each next token follows from all tokens before it.

For tests of everything above it. A slot that holds anything else than it should shows at once.
"""

from collections.abc import Callable, Sequence

from apps.serving.batching.decoding import NoRoom, Run, Sampler
from apps.serving.protocols import Sampling

END = 0
TOKENS = 97
Script = Callable[[Sequence[int]], int]


def following(tokens: Sequence[int]) -> int:
    """The token after these: any but END, and it depends on all of them and on their order."""
    state = 7
    for token in tokens:
        state = (state * 31 + token + 1) % 1_000_003
    return 1 + state % (TOKENS - 1)


def copying(tokens: Sequence[int]) -> int:
    """Mostly the token that came seven before, as in an answer that quotes; guesses come true."""
    return following(tokens) if len(tokens) < 7 or len(tokens) % 11 == 0 else tokens[-7]


class ScriptedDecoder:
    """Holds tokens, says what the script says. `failing`: tokens that cannot be computed."""

    can_rewind = True

    def __init__(
        self, *, slots: int, context: int, batch: int = 64, script: Script = following
    ) -> None:
        self._script = script
        self.slots, self.context, self.batch, self.outputs = slots, context, batch, batch
        self.held: list[list[int]] = [[] for _ in range(slots)]
        self.failing: set[int] = set()
        self.decoded: list[list[Run]] = []
        self._rows: dict[int, int] = {}

    def decode(self, runs: Sequence[Run]) -> list[int]:
        """See Decoder. Raises NoRoom: a slot is too short, or a token is failing."""
        if any(self._is_refused(run) for run in runs):
            raise NoRoom("a run was refused")
        if sum(len(run.tokens) for run in runs) > self.batch:
            raise ValueError("more tokens than the batch takes")
        self._rows, rows, end = {}, [], 0
        for run in runs:
            if run.start != len(self.held[run.slot]):
                raise ValueError(f"slot {run.slot} ends elsewhere than at {run.start}")
            for token in run.tokens:
                self.held[run.slot].append(token)
                self._rows[end] = self._script(self.held[run.slot])
                end += 1
            rows.append(end - run.outputs)
        self.decoded.append(list(runs))
        return rows

    def cut(self, slot: int, length: int) -> None:
        """See Decoder."""
        del self.held[slot][length:]

    def copy(self, source: int, target: int) -> None:
        """See Decoder."""
        self.held[target] = list(self.held[source])

    def sampler(self, sampling: Sampling) -> Sampler:
        """One that takes what comes. Raises ValueError: a grammar, which it knows none of."""
        if sampling.grammar:
            raise ValueError("no grammar here")
        return _ScriptedSampler(self)

    def piece(self, token: int) -> bytes:
        """The token's number and a space."""
        return f"{token} ".encode()

    def is_end(self, token: int) -> bool:
        """Whether it is END."""
        return token == END

    def row(self, row: int) -> int:
        """What follows the token at that row of the last decoding."""
        return self._rows[row]

    def _is_refused(self, run: Run) -> bool:
        is_too_long = run.start + len(run.tokens) > self.context
        return is_too_long or not self.failing.isdisjoint(run.tokens)


class _ScriptedSampler:
    def __init__(self, decoder: ScriptedDecoder) -> None:
        self._decoder = decoder

    def sample(self, row: int) -> int:
        return self._decoder.row(row)

    def close(self) -> None:
        """Nothing to free."""
