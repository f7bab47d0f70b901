"""How many web processes are kept: written down by gunicorn's master, read by whoever asks."""

import os
from contextlib import suppress
from pathlib import Path

from apps.core.config import Config
from clawdbot_site.supervision import places


def note(configuration: Config, count: int) -> None:
    """In the master: so many from now on. A folder that cannot be written is no reason to stop."""
    path = _path(configuration)
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    with suppress(OSError):
        fresh.write_text(f"{os.getpid()} {count}")
        fresh.replace(path)


def told(configuration: Config, pid: int) -> int | None:
    """What the master of this process id keeps; None: it did not say."""
    with suppress(OSError, ValueError):
        master, count = map(int, _path(configuration).read_text().split())
        return count if master == pid else None
    return None


def _path(configuration: Config) -> Path:
    return places.run_dir(configuration) / "web-processes"
