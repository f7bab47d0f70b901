"""Who the nodes are: the lines of a file, and the addresses that their names have now."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from clawdbot_site.front.upstream import Address, named_in, resolve

REREAD_S = 2.0


class Roster:
    """Reads the file and asks for addresses in a thread: a slow name server delays nothing else.

    A name that has no address for now keeps those it had: whether they answer is seen anyway.
    """

    def __init__(self, file: Path, *, on_change: Callable[[], None]) -> None:
        self._file = file
        self._on_change = on_change
        self._known: dict[str, list[Address]] = {}
        self.addresses: frozenset[Address] = frozenset()
        self.read()
        threading.Thread(target=self._follow, daemon=True, name="roster").start()

    def read(self) -> None:
        """Look once."""
        try:
            names = named_in(self._file.read_text(encoding="utf-8"))
        except OSError as error:
            names = list(self._known)
            sys.stderr.write(f"balancer: {self._file} cannot be read: {error.strerror}\n")
        self._known = {name: self._addresses_of(name) for name in names}
        found = frozenset(one for addresses in self._known.values() for one in addresses)
        if found != self.addresses:
            self.addresses = found
            self._on_change()

    def _addresses_of(self, name: str) -> list[Address]:
        try:
            return resolve(name)
        except ValueError as error:
            sys.stderr.write(f"balancer: {error}\n")
            return []
        except OSError:
            return self._known.get(name, [])

    def _follow(self) -> None:
        pause = threading.Event()
        while not pause.wait(REREAD_S):
            self.read()
