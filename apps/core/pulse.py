"""Signs of life of a process's main loop, for a container's health check.

A thread of its own would beat on while the loop hangs. The files lie in the temporary folder: a
container has one to itself. Standard library only: the check starts anew every few seconds.
"""

import os
import tempfile
import time
from pathlib import Path

EVERY_S = 5.0
NEVER = float("inf")

_last: dict[str, float] = {}


def beat(name: str) -> None:
    """Tell that the loop of process `name` went round just now.

    Call it as often as you like: a file is written every five seconds. Never raises: a full disk is
    no reason to stop working.
    """
    now = time.monotonic()
    if now - _last.get(name, -EVERY_S) < EVERY_S:
        return
    _last[name] = now
    folder = _folder()
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid == os.getuid():
            (folder / name).write_text(str(now), encoding="ascii")
    except OSError:
        return


def age_s(name: str) -> float:
    """Seconds since `name` told of itself last, by the clock that all processes of a machine share
    and nobody sets; NEVER: it did not since the machine started."""
    path = _folder() / name
    try:
        if path.stat().st_uid != os.getuid():
            return NEVER
        then = float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return NEVER
    age = time.monotonic() - then
    return age if age >= 0 else NEVER


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"clawdbot-alive-{os.getuid()}"
