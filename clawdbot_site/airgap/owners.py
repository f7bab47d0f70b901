"""Whose a socket is, by its port. Read from /proc of the own network namespace (Linux)."""

import re
from pathlib import Path

_PROGRAM = re.compile(r"clawdbot_site\.supervision\.processes\0([a-z-]+)")
_MODULE = re.compile(r"-m\0([\w.]+)")
_CALLED = {"gunicorn": "web", "apps.retrieval.indexer": "indexer", "apps.serving": "model"}
UNKNOWN = "a process that had ended"


def owner_of(protocol: str, port: int) -> str:
    """`name (pid N)` of who sends from this port; UNKNOWN once its socket is closed."""
    tables = [Path(f"/proc/self/net/{protocol.lower()}{version}") for version in ("", "6")]
    inodes = {
        f"socket:[{fields[9]}]"
        for table in tables
        for fields in map(str.split, _lines(table)[1:])
        if int(fields[1].rsplit(":", 1)[1], 16) == port
    }
    for process in Path("/proc").glob("[0-9]*") if inodes else ():
        if _has_open(process, inodes):
            return f"{_name(process)} (pid {process.name})"
    return UNKNOWN


def _name(process: Path) -> str:
    """What we call it: a process of the node, a module that Python runs, or the program's name."""
    command = "\0".join(_lines(process / "cmdline"))
    for pattern in (_PROGRAM, _MODULE):
        if found := pattern.search(command):
            return _CALLED.get(found[1], found[1])
    return " ".join(_lines(process / "comm")) or "?"


def _has_open(process: Path, inodes: set[str]) -> bool:
    try:
        return any(str(link.readlink()) in inodes for link in (process / "fd").iterdir())
    except OSError:
        return False  # gone meanwhile


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
