"""Files on their way to or from the originals: gone with the block, or with the next process.

A file that is in use is locked. Who was killed leaves one that nobody has locked.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from apps.core import config

PREFIX = ".incoming-"
JUST_MADE_S = 60.0  # not locked yet, perhaps
ABANDONED_AFTER_S = 24 * 3600


def folder() -> Path:
    """This node's own."""
    return config.load().data_dir / "aside"


@contextmanager
def temporary(place: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file for the block, opened for writing, and its path. It may be moved away."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=place, prefix=PREFIX)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with suppress(OSError):  # a shared folder may know no locks
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def remove_abandoned(place: Path, *, is_shared: bool) -> None:
    """Delete what killed processes left: here, whatever nobody holds; in a folder that other
    machines share, and whose locks may not be seen here, what is a day old."""
    oldest_s = ABANDONED_AFTER_S if is_shared else JUST_MADE_S
    for path in place.glob(f"{PREFIX}*"):
        with suppress(OSError), path.open("rb") as file:  # held, or gone by now
            if time.time() - path.stat().st_mtime > oldest_s:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
