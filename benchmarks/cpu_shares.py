"""A share of the machine's processors for a group of processes, held by the kernel (cgroups)."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

ROOT = Path("/sys/fs/cgroup")
PERIOD_US = 100_000
_JOIN = 'echo $$ > "$0" && exec "$@"'  # the shell that becomes the command is in the group


class Share:
    """Processes that are started with `prefix`, and what they start, have so many cores in sum."""

    def __init__(self, name: str) -> None:
        self._is_v2 = (ROOT / "cgroup.controllers").is_file()
        self._folder = (ROOT if self._is_v2 else ROOT / "cpu") / f"{name}-{os.getpid()}"
        try:
            if self._is_v2:
                (ROOT / "cgroup.subtree_control").write_text("+cpu")
            self._folder.mkdir()
        except OSError as error:
            raise SystemExit(f"a share of the processors needs root and cgroups: {error}") from None

    @property
    def prefix(self) -> Sequence[str]:
        """What a command begins with to be in the group."""
        return ("sh", "-c", _JOIN, str(self._folder / "cgroup.procs"))

    def limit(self, cores: float) -> None:
        """So many cores from now on."""
        quota = int(cores * PERIOD_US)
        if self._is_v2:
            (self._folder / "cpu.max").write_text(f"{quota} {PERIOD_US}")
        else:
            (self._folder / "cpu.cfs_quota_us").write_text(str(quota))

    def lift(self) -> None:
        """As many as there are."""
        if self._is_v2:
            (self._folder / "cpu.max").write_text("max")
        else:
            (self._folder / "cpu.cfs_quota_us").write_text("-1")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exit_info: object) -> None:
        """The kernel lets go of the group a moment after its last process ended."""
        for _ in range(50):
            with suppress(OSError):
                return self._folder.rmdir()
            time.sleep(0.1)
