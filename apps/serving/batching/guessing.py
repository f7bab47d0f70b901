"""Guesses the next tokens by looking up where the last ones stood before.

Source: prompt lookup decoding (Saxena 2023, github.com/apoorvumang/prompt-lookup-decoding).
"""

from collections.abc import Sequence

GRAM = 3  # tokens that must agree before their successors are guessed
_MEMORY = 0.75  # of the hit rate, at each token


class Guesser:
    """Keeps an index of an answer's tokens, and how often its guesses came true.

    Each guess is checked against the token that then comes, whether or not it was tried: what
    guesses are worth is known without paying for a wrong one.
    """

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}  # a gram -> position of what followed it last
        self._next: int | None = None  # position in tokens that is guessed to come again
        self.hit_rate = 0.0
        self._index(tokens)

    def add(self, token: int) -> None:
        """This came next."""
        guessed = self._next
        was_hit = guessed is not None and self._tokens[guessed] == token
        self.hit_rate = _MEMORY * self.hit_rate + (1 - _MEMORY) * was_hit
        self._index((token,))
        if was_hit and guessed is not None:
            self._next = guessed + 1  # the same passage goes on

    def guess(self, length: int) -> list[int]:
        """At most `length` tokens that may come next; none: nothing is known."""
        if self._next is None:
            return []
        found = self._tokens[self._next : self._next + length]
        while 0 < len(found) < length:  # the end is a loop: it goes round again
            found += found[: length - len(found)]
        return found

    def _index(self, tokens: Sequence[int]) -> None:
        known = self._tokens
        for token in tokens:
            known.append(token)
            gram = tuple(known[-GRAM:])
            self._next = self._after.get(gram)
            self._after[gram] = len(known)
