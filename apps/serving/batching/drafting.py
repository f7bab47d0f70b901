"""How many tokens to guess in a step, so that guessing never costs more than it brings."""

from collections.abc import Sequence

from apps.serving.batching.answers import Answer
from apps.serving.batching.costs import Costs

LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16)
_SURE = 0.98  # nothing is surer
_WORTH = 1.05  # times as many tokens a second as without


def draft_length(answers: Sequence[Answer], costs: Costs, *, room: int) -> int:
    """Guessed tokens for each answer in the next step; all get as many, since llama.cpp computes
    only runs of equal length in one pass. 0: guessing would not pay. At most `room`."""
    rates = [_rate(answer) for answer in answers]
    if not any(rates):
        return 0
    best, best_gain = 0, _WORTH
    for length in LENGTHS:
        if length > room:
            break
        tokens = sum(_expected(rate, length) for rate in rates)
        gain = tokens / len(answers) / costs.grown(len(answers), 1 + length)
        if gain > best_gain:
            best, best_gain = length, gain
    return best


def draft(answer: Answer, length: int) -> list[int]:
    """`length` tokens; where nothing is known any will do."""
    if not length:
        return []
    found = answer.guesser.guess(length) if answer.guesser is not None else []
    return found or [answer.tokens[-1]] * length


def _rate(answer: Answer) -> float:
    """How likely the next guess is true."""
    if answer.guesser is None or not answer.guesser.guess(1):
        return 0.0
    return 0.0 if answer.left <= 1 else min(answer.guesser.hit_rate, _SURE)


def _expected(rate: float, length: int) -> float:
    """Tokens that a step brings: one, and guesses up to the first wrong one."""
    return sum(rate**power for power in range(length + 1))
