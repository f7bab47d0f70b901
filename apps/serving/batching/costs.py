"""What decoding takes on this machine, as measured: the ground for chunks, guesses and waits."""

_MEMORY = 0.8
_UNKNOWN_READING = 200.0  # tokens/s, until something was read
_UNKNOWN_STEP_S = 0.05


class Costs:
    """Speeds of reading prompts and of writing, each kept up to date with every step.

    A step of writing has so many answers with so many rows each: the token that was chosen last,
    then guessed ones. `grown[(a, r)]` is what it takes, as a multiple of the step without guesses.
    """

    def __init__(self) -> None:
        self.reading_rate = _UNKNOWN_READING  # tokens/s
        self.answer_tokens = 128.0  # of an answer, on average
        self._step_s: dict[int, float] = {}  # answers -> seconds, without guesses
        self._grown: dict[tuple[int, int], float] = {}
        self._alone_s: dict[int, float] = {}  # rows of one answer -> seconds, at the start

    def read(self, tokens: int, seconds: float) -> None:
        """So many prompt tokens took so long."""
        if tokens >= 32 and seconds > 0:  # a few tokens say nothing of many
            self.reading_rate = _blend(self.reading_rate, tokens / seconds)

    def tried(self, rows: int, seconds: float) -> None:
        """So many rows of one sequence took so long, while nothing else went on."""
        self._alone_s[rows] = seconds

    def wrote(self, answers: int, rows: int, seconds: float) -> None:
        """A step of so many answers, so many rows each, took so long."""
        if rows == 1:
            known = self._step_s.get(answers, seconds)
            self._step_s[answers] = _blend(known, min(seconds, 2 * known))
        elif (step_s := self._step_s.get(answers)) is not None:
            known = self.grown(answers, rows)
            self._grown[answers, rows] = _blend(known, min(seconds / step_s, 2 * known))

    def ended(self, tokens: int) -> None:
        """An answer came to so many tokens."""
        self.answer_tokens = _blend(self.answer_tokens, tokens)

    def step_s(self, answers: int) -> float:
        """What a step of so many answers takes, without guesses."""
        if answers in self._step_s:
            return self._step_s[answers]
        return self._rows_s(answers) if self._alone_s else _UNKNOWN_STEP_S

    def grown(self, answers: int, rows: int) -> float:
        """How many times as long a step takes when each answer has so many rows."""
        if (known := self._grown.get((answers, rows))) is not None:
            return known
        if not self._alone_s:
            return float(rows)
        return self._rows_s(answers * rows) / self._rows_s(answers)

    def _rows_s(self, rows: int) -> float:
        """On a line between the measured ones; beyond them in proportion."""
        known = sorted(self._alone_s)
        above = next((one for one in known if one >= rows), None)
        if above is None or above == known[0]:
            nearest = known[-1] if above is None else above
            return self._alone_s[nearest] * max(1.0, rows / nearest)
        below = known[known.index(above) - 1]
        share = (rows - below) / (above - below)
        return (1 - share) * self._alone_s[below] + share * self._alone_s[above]


def _blend(known: float, seen: float) -> float:
    return _MEMORY * known + (1 - _MEMORY) * seen
