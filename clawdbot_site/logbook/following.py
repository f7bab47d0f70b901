"""What processes write from now on."""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from apps.core.config import Config
from clawdbot_site.logbook.choosing import Choice
from clawdbot_site.logbook.entries import Entry, entries
from clawdbot_site.logbook.files import Log, logs_of

POLL_S = 0.3


def follow(configuration: Config, names: Sequence[str], choice: Choice) -> Iterator[Entry]:
    """Entries as they are written, without end; logs that are rotated or begun are followed."""
    open_files = {log.process: _Followed(log, at_end=True) for log in logs_of(configuration, names)}
    while True:
        for log in logs_of(configuration) if not names else ():
            open_files.setdefault(log.process, _Followed(log, at_end=False))
        for followed in open_files.values():
            yield from filter(choice.takes, followed.fresh())
        time.sleep(POLL_S)


class _Followed:
    """One log, and how far it was read."""

    def __init__(self, log: Log, *, at_end: bool) -> None:
        self._log = log
        self._path: Path = log.current
        self._file: TextIO | None = None
        self._open(at_end=at_end)

    def fresh(self) -> list[Entry]:
        """What was written since; the end of a rotated file before the beginning of the next."""
        lines = self._lines()
        if self._is_rotated():
            self._open(at_end=False)
            lines += self._lines()
        return list(entries(lines, process=self._log.process, zone=self._log.zone))

    def _lines(self) -> list[str]:
        return self._file.readlines() if self._file else []

    def _is_rotated(self) -> bool:
        try:
            here = self._path.stat()
        except FileNotFoundError:
            return False
        if self._file is None:
            return True
        mine = os.fstat(self._file.fileno())
        return here.st_ino != mine.st_ino or here.st_size < self._file.tell()

    def _open(self, *, at_end: bool) -> None:
        if self._file is not None:
            self._file.close()
        try:
            self._file = self._path.open(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            self._file = None
            return
        if at_end:
            self._file.seek(0, 2)
