"""How many web processes are kept: written down by gunicorn's master, read by whoever asks."""

import os
from contextlib import suppress

from apps.core.config import Config
from clawdbot_site.supervision import master_notes

FILE = "web-processes"


def note(configuration: Config, count: int) -> None:
    """In the master: so many from now on."""
    master_notes.note(configuration, FILE, f"{os.getpid()} {count}")


def told(configuration: Config, pid: int) -> int | None:
    """What the master of this process id keeps; None: it did not say."""
    with suppress(OSError, ValueError):
        master, count = map(int, master_notes.note_file(configuration, FILE).read_text().split())
        return count if master == pid else None
    return None
