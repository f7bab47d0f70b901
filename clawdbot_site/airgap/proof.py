"""The use-case: does anything that this program does try to leave the machine?"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apps.core.config import REPOSITORY, Config
from apps.core.errors import Conflict
from clawdbot_site.airgap import namespace, scratch

NEEDED_BYTES = 500 * 10**6
PREFIX = "clawdbot-airgap-"


@dataclass(frozen=True, slots=True)
class Proof:
    """`left`: attempts to leave; `problems`: what did not work; `done`: what was done, in figures.

    `left_out`: settings that lead out because the administrator wants it, which were not followed.
    """

    left: Sequence[dict[str, Any]] = ()
    problems: Sequence[str] = ()
    left_out: Sequence[str] = ()
    done: dict[str, Any] = field(default_factory=dict)

    @property
    def is_tight(self) -> bool:
        """Everything worked, and nothing tried to leave."""
        return not self.left and not self.problems


def prove(configuration: Config, *, folder: Path | None, idle_s: float) -> Proof:
    """Run an installation of its own where every way out is watched. Takes a minute or two.

    Nothing of this installation is touched. Raises Conflict where this user may make no namespace,
    or the disk is full.
    """
    inside = [*namespace.prefix(), sys.executable, "-P", "-m", "clawdbot_site.airgap.inside"]
    with _home(folder) as home:
        scratch.write(home, configuration)
        ended = subprocess.run(  # noqa: S603 - ourselves
            [*inside, str(home), str(idle_s)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    told = ended.stdout.strip().splitlines()
    if ended.returncode or not told:
        raise Conflict("The trial in the namespace ended early; its messages are above.")
    found: dict[str, Any] = json.loads(told[-1])
    return Proof(
        left=found.pop("left", []),
        problems=found.pop("problems", []),
        left_out=scratch.left_out(configuration),
        done=found,
    )


@contextmanager
def _home(folder: Path | None) -> Iterator[Path]:
    """A folder that only we can read; gone after the block."""
    home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    try:
        if (free := shutil.disk_usage(home).free) < NEEDED_BYTES:
            raise Conflict(
                f"{home.parent} has {free // 10**6} MB free, {NEEDED_BYTES // 10**6} MB are "
                "needed. Name another folder: --scratch DIR"
            )
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
