"""What the machine says of itself: memory, and who listens on a port. Read from /proc (Linux)."""

import sys
from pathlib import Path

LISTEN = "0A"  # state of a listening socket in /proc/net/tcp
CGROUP = Path("/sys/fs/cgroup")


def available_memory() -> int:
    """Bytes that new programs can have, a container's limit counted; huge where it is unknown."""
    available = sys.maxsize
    if meminfo := _read("/proc/meminfo"):
        for line in meminfo.splitlines():
            if line.startswith("MemAvailable:"):
                available = int(line.split()[1]) * 1024
    limit, used = _read(CGROUP / "memory.max").strip(), _read(CGROUP / "memory.current").strip()
    if limit.isdigit() and used.isdigit():
        available = min(available, int(limit) - int(used) + _reclaimable())
    return available


def memory_of(pid: int) -> int:
    """Bytes of a process and its children: private pages, and its share of shared ones."""
    return sum(_proportional(one) for one in [pid, *_descendants(pid)])


def holder_of_port(port: int) -> str:
    """`name (pid N)` of who listens on the TCP port; empty when this user may not know."""
    inodes = {
        f"socket:[{fields[9]}]"
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for fields in map(str.split, _read(table).splitlines()[1:])
        if fields[3] == LISTEN and int(fields[1].rsplit(":", 1)[1], 16) == port
    }
    for process in Path("/proc").glob("[0-9]*") if inodes else ():
        if _has_open(process, inodes):
            return f"{_read(process / 'comm').strip()} (pid {process.name})"
    return ""


def _has_open(process: Path, inodes: set[str]) -> bool:
    try:
        return any(str(link.readlink()) in inodes for link in (process / "fd").iterdir())
    except OSError:
        return False  # another user's, or gone


def _proportional(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def children_of(pid: int) -> list[int]:
    """Process ids of what a process has started and what still runs."""
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*")
        for child in _read(task / "children").split()
    ]


def _descendants(pid: int) -> list[int]:
    return [one for child in children_of(pid) for one in (child, *_descendants(child))]


def _reclaimable() -> int:
    for line in _read(CGROUP / "memory.stat").splitlines():
        if line.startswith("inactive_file "):
            return int(line.split()[1])
    return 0


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
