"""What a container or a service unit may use: control groups of both versions, read from /sys.

The group of this process and every one above it count: the tightest limit holds. In a container
the path that /proc names may lie outside of what is mounted; the mount's root is then the group.
Source: Linux Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

UNLIMITED_FROM = 1 << 60  # v1 writes "no limit" as the greatest page-aligned number


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit. `free_bytes` counts the page cache that would be given back."""

    cores: float | None = None
    memory_bytes: int | None = None
    free_bytes: int | None = None


def read(root: Path = Path("/")) -> Limits:
    """The limits of this process. Never raises: what cannot be read limits nothing."""
    cores: list[float] = []
    memory: list[tuple[int, int]] = []  # limit, free
    for folder in _folders(root, "cpu"):
        cores += [quota for quota in (_quota(folder),) if quota]
    for folder in _folders(root, "memory"):
        limit, used = _memory(folder)
        if limit is not None:
            memory.append((limit, max(0, limit - used)))
    return Limits(
        cores=min(cores, default=None),
        memory_bytes=min((limit for limit, _ in memory), default=None),
        free_bytes=min((free for _, free in memory), default=None),
    )


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """Folders of this process's groups, the innermost first."""
    mount = root / "sys/fs/cgroup"
    for line in text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if controllers and controller not in controllers.split(","):
            continue
        top = mount / controller if controllers else mount
        inner = top / path.strip("/")
        yield from (
            folder
            for folder in (inner, *inner.parents)
            if folder.is_relative_to(top) and folder.is_dir()
        )


def _quota(folder: Path) -> float | None:
    quota, period = [*text(folder / "cpu.max").split(), "", ""][:2]
    if not quota:
        quota = text(folder / "cpu.cfs_quota_us").strip()
        period = text(folder / "cpu.cfs_period_us").strip()
    if not (quota.isdigit() and period.isdigit()) or int(quota) <= 0 or int(period) <= 0:
        return None  # "max", or -1: no limit
    return int(quota) / int(period)


def _memory(folder: Path) -> tuple[int | None, int]:
    limit = text(folder / "memory.max").strip() or text(folder / "memory.limit_in_bytes").strip()
    if not limit.isdigit() or int(limit) >= UNLIMITED_FROM:
        return None, 0
    used = text(folder / "memory.current").strip() or text(folder / "memory.usage_in_bytes").strip()
    return int(limit), max(0, int(used or 0) - _given_back(folder))


def _given_back(folder: Path) -> int:
    found = dict(
        line.split() for line in text(folder / "memory.stat").splitlines() if line.count(" ") == 1
    )
    return int(found.get("total_inactive_file") or found.get("inactive_file") or 0)


def text(path: Path) -> str:
    """The file's text; empty when there is none to be read."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
