"""How many requests this process answers now, and has answered: streams until their last byte."""

import threading


class AtWork:
    """A count for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.running = 0
        self.total = 0

    def begin(self) -> None:
        """One more is being answered."""
        with self._lock:
            self.running += 1
            self.total += 1

    def end(self) -> None:
        """One has ended, however that was."""
        with self._lock:
            self.running -= 1


requests = AtWork()
