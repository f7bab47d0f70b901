"""The text of an answer from its tokens' bytes: whole characters, nothing of a stop text."""

import codecs
from collections.abc import Sequence


class AnswerText:
    """Takes bytes as they come, gives text that can be shown for good.

    Held back: the bytes of an unfinished character, and text that may be a stop text's beginning.
    What is no UTF-8 becomes U+FFFD.
    """

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = tuple(text for text in stop if text)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.is_stopped = False

    def add(self, piece: bytes) -> str:
        """Text to show now. Once `is_stopped`, everything more is ignored."""
        return "" if self.is_stopped else self._shown(self._decoder.decode(piece))

    def close(self) -> str:
        """What is left when no more tokens come."""
        if self.is_stopped:
            return ""
        shown = self._shown(self._decoder.decode(b"", final=True))
        held, self._held = self._held, ""
        return shown if self.is_stopped else shown + held

    def _shown(self, text: str) -> str:
        if not self._stop:
            return text
        self._held += text
        found = [at for stop in self._stop if (at := self._held.find(stop)) >= 0]
        if found:
            self.is_stopped = True
            return self._release(min(found))
        return self._release(len(self._held) - self._doubtful())

    def _release(self, length: int) -> str:
        shown, self._held = self._held[:length], self._held[length:]
        return shown

    def _doubtful(self) -> int:
        """How many characters at the end may be the beginning of a stop text."""
        longest = max(map(len, self._stop)) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            end = self._held[-length:]
            if any(stop.startswith(end) for stop in self._stop):
                return length
        return 0
