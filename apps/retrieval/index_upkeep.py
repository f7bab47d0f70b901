"""What an indexer does while nothing waits: read its files again, verify at night, answer calls."""

import hashlib
import logging
import subprocess
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from apps.core import clock, config
from apps.core.nodes import node_name
from apps.retrieval.index_files import StoredFile, check_request
from apps.retrieval.models import NodeIndex

logger = logging.getLogger(__name__)

ASKED_EVERY_S = 10.0
LATE = timedelta(hours=4)  # a node that was off at night does not verify in office hours
TOO_LONG = timedelta(days=2)  # but it does when it was off every night
_PIECE = 1 << 20  # bytes
_MOST_S = 1.0  # of reading at the set speed that may be made up for

Files = Mapping[Path, Sequence[StoredFile]]  # index folder -> the files of its published state


class Scrub:
    """Hashes the files of the published states over and over, a piece at a time."""

    def __init__(self, mb_s: float) -> None:
        self._bytes_s = mb_s * 1_000_000
        self._credit = 0.0  # bytes that may be read now
        self._at = time.monotonic()
        self._queue: list[tuple[Path, StoredFile]] = []
        self._open: tuple[Path, StoredFile, IO[bytes], hashlib._Hash] | None = None

    def step(self, files: Files) -> str:
        """Read as much as the set speed allows; the path of a file found damaged, else empty."""
        now = time.monotonic()
        self._credit += min(now - self._at, _MOST_S) * self._bytes_s
        self._credit = min(self._credit, _MOST_S * self._bytes_s)
        self._at = now
        while self._credit >= 1:
            if self._open is None and not self._next(files):
                return ""
            if (damaged := self._read()) and _is_named(files, *damaged):
                return str(damaged[0] / damaged[1].path)
        return ""

    def close(self) -> None:
        """Close the file that is being read."""
        if self._open:
            self._open[2].close()
        self._open = None

    def _next(self, files: Files) -> bool:
        """Open the next file, of the states as they are now; False when there is none."""
        if not self._queue:
            self._queue = [(folder, file) for folder, some in files.items() for file in some]
        while self._queue:
            folder, file = self._queue.pop()
            try:
                opened = (folder / file.path).open("rb")
            except OSError:
                continue  # replaced by a publish; what is missing is looked for elsewhere
            self._open = (folder, file, opened, hashlib.sha256())
            return True
        return False

    def _read(self) -> tuple[Path, StoredFile] | None:
        """The file, when it was read to its end and is not what was written."""
        if self._open is None:
            return None
        folder, file, opened, digest = self._open
        try:
            piece = opened.read(_PIECE)
        except OSError:  # the disk cannot read it
            self.close()
            return folder, file
        self._credit -= max(len(piece), 1)
        if piece:
            digest.update(piece)
            return None
        self.close()
        return None if digest.hexdigest() == file.sha256 else (folder, file)


class Upkeep:
    """Made for the life of an indexer; `step` is called often, and returns at once."""

    def __init__(self, verify_command: Sequence[str]) -> None:
        """`verify_command`: the process that verifies this node; `--repair` may be added."""
        settings = config.load()
        self._command = tuple(verify_command)
        self._scrub = Scrub(settings.index.scrub_mb_s)
        self._started_at: datetime | None = None  # by the database, which may be away now
        self._asked_at = 0.0
        self._running: subprocess.Popen[bytes] | None = None

    def step(self, files: Files) -> bool:
        """Do a little; True when damage was found or is suspected: take the indexes up again, with
        every file hashed."""
        self._mind_verify()
        if asked := [folder for folder in files if check_request(folder).exists()]:
            for folder in asked:
                check_request(folder).unlink(missing_ok=True)
            return True
        if damaged := self._scrub.step(files):
            logger.error("The index file %s is not what was written", damaged)
        return bool(damaged)

    def close(self) -> None:
        """End a verify that is under way: it changes nothing, or can be repeated."""
        self._scrub.close()
        if self._running and self._running.poll() is None:
            self._running.terminate()

    def _mind_verify(self) -> None:
        if not self._command or time.monotonic() - self._asked_at < ASKED_EVERY_S:
            return
        self._asked_at, now = time.monotonic(), clock.now()
        self._started_at = self._started_at or now
        if self._running and self._running.poll() is None:
            return
        mine = NodeIndex.objects.filter(node=node_name())
        facts = mine.values_list("repair_asked_at", "verified_at").first()
        asked_at, verified_at = facts or (None, None)
        if asked_at is not None:
            self._start("--repair")
            mine.filter(repair_asked_at=asked_at).update(repair_asked_at=None)
        elif is_due(now, max(filter(None, (verified_at, self._started_at)))):
            self._started_at = now  # tried; not again before tomorrow
            self._start()

    def _start(self, *options: str) -> None:
        logger.info("Verifying the index of this node%s", " and repairing it" if options else "")
        self._running = subprocess.Popen((*self._command, *options))  # noqa: S603


def is_due(now: datetime, last: datetime) -> bool:
    """Whether the nightly verify is to begin: its hour came after `last` and is not long past."""
    settings = config.load()
    if not settings.index.verify_at:
        return False
    hour, minute = map(int, settings.index.verify_at.split(":"))
    here = now.astimezone(ZoneInfo(settings.service.time_zone))
    tonight = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if tonight > here:
        tonight -= timedelta(days=1)
    return last < tonight and (now - tonight < LATE or now - last > TOO_LONG)


def _is_named(files: Files, folder: Path, file: StoredFile) -> bool:
    """Whether the published state still has the file; else a publish replaced it."""
    return file in files.get(folder, ())
