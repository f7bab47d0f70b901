"""Running the programs of others, in one line of errors."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from apps.core.errors import Conflict

TIMEOUT_S = 600  # compose starts containers, and waits for what they depend on


def is_there(program: str) -> bool:
    """Whether the program can be called here."""
    return shutil.which(program) is not None


def run(command: Sequence[str], *, folder: Path | None = None) -> str:
    """What it wrote on stdout. Raises Conflict with its last line when it fails."""
    path = shutil.which(command[0])
    if path is None:
        raise Conflict(f"{command[0]} is not installed here. Run this where it is.")
    try:
        done = subprocess.run(  # noqa: S603  a path and words of our own
            [path, *command[1:]], cwd=folder, capture_output=True, text=True, check=False,
            timeout=TIMEOUT_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Conflict(f"{command[0]} has not ended after {TIMEOUT_S} s.") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise Conflict(f"{' '.join(command[:2])}: {said[:300]}")
    return done.stdout
