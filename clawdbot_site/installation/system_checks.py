"""What `clawdbot doctor` looks at of the system: limits, clock, packages, walls, GPU."""

import ctypes
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from apps.core.config import REPOSITORY, Config
from apps.core.sizes import parse_size
from apps.serving import hardware
from clawdbot_site.installation.findings import Finding

OPEN_FILES = 1024  # of a process: connections, segments of the index, originals that are sent
_TIMEX_BYTES, _STATUS_AT, _UNSYNCHRONISED = 208, 40, 0x40  # struct timex, adjtimex(2)
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)([^\n]*)", re.MULTILINE)
_LISTED = 4
_CUT = "from ingest import sandbox_limits; raise SystemExit(not sandbox_limits.cut_network())"


def system_findings(configuration: Config) -> Iterator[Finding]:
    """One finding a check, in a fixed order."""
    yield packages_finding(REPOSITORY, Path(sys.prefix))
    yield files_finding(*resource.getrlimit(resource.RLIMIT_NOFILE))
    yield from _memory(configuration)
    yield from _synchronised()
    yield _walls()
    yield from _gpus()


def packages_finding(program: Path, environment: Path) -> Finding:
    """Whether what is installed is what the lock says that it was installed from."""
    stamps = sorted(environment.glob(".installed-*"))
    locks = [program / f"requirements-{stamp.name.split('-', 1)[1]}.txt" for stamp in stamps]
    pinned = [one for lock in locks if lock.is_file() for one in _pinned(lock)]
    wrong = sorted({f"{name} {wanted}" for name, wanted in pinned if _installed(name) != wanted})
    if not wrong:
        return Finding("packages", f"{len(pinned)} as locked" if pinned else "of another origin")
    more = f" and {len(wrong) - _LISTED} more" if len(wrong) > _LISTED else ""
    seen = f"wanted: {', '.join(wrong[:_LISTED])}{more}"
    return Finding("packages", seen, "Run: clawdbot stop, then: make setup")


def files_finding(soft: int, hard: int) -> Finding:
    """How many files a process may have open."""
    is_fine = soft == resource.RLIM_INFINITY or soft >= OPEN_FILES
    seen = "unlimited" if soft == resource.RLIM_INFINITY else f"{soft} open files a process"
    how = "ulimit -n 4096" if hard == resource.RLIM_INFINITY or hard >= 4096 else "LimitNOFILE"
    remedy = f"Raise it to {OPEN_FILES} at least: {how}, then: clawdbot restart"
    return Finding("file limit", seen, "" if is_fine else remedy)


def _pinned(lock: Path) -> list[tuple[str, str]]:
    """Packages of a lock without those for other Pythons and systems."""
    return [
        (name, wanted)
        for name, wanted, rest in _PINNED.findall(lock.read_text(encoding="utf-8"))
        if ";" not in rest
    ]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _memory(configuration: Config) -> Iterator[Finding]:
    """What the node may use, beside what there is."""
    there = hardware.read().memory_bytes
    allowed = parse_size(configuration.resource.memory_limit)
    seen = f"{allowed // 10**6:,} MB of {there // 10**6:,} MB may be used"
    is_more = allowed > there
    remedy = "resource.memory_limit is more than there is: only what is there is planned with."
    yield Finding("memory limit", seen, remedy if is_more else "", is_urgent=False)
    if _number("/proc/sys/vm/overcommit_memory") == 2:
        remedy = "Parsers reserve more than they use. Set sysctl vm.overcommit_memory=0."
        yield Finding("overcommit", "never", remedy, is_urgent=False)


def _synchronised() -> Iterator[Finding]:
    """What the kernel says of the clock; nothing where it may not be asked."""
    status = _clock_status()
    if status is None:
        return
    is_fine = not status & _UNSYNCHRONISED
    remedy = "Run a time server's client, like chrony or systemd-timesyncd."
    seen = "follows a time server" if is_fine else "follows no time server"
    yield Finding("clock source", seen, "" if is_fine else remedy, is_urgent=False)


def _clock_status() -> int | None:
    if not sys.platform.startswith("linux"):
        return None
    told = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes 0: only asked
    if ctypes.CDLL(None, use_errno=True).adjtimex(told) < 0:
        return None
    return int.from_bytes(told.raw[_STATUS_AT : _STATUS_AT + 4], sys.byteorder)


def _walls() -> Finding:
    """Whether this system can keep the parsers of uploaded files from the network."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-P", "-c", _CUT], cwd=REPOSITORY, check=False, capture_output=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    if done.returncode == 0:
        return Finding("parsers", "cut off from the network")
    remedy = "Allow seccomp or user namespaces to this user, or let nothing out of this machine."
    return Finding("parsers", "NOT cut off from the network by the kernel", remedy)


def _gpus() -> Iterator[Finding]:
    """Where there are models, doctor tells more of each below."""
    found = hardware.read().gpus
    if not found:
        yield Finding("gpu", "none; the processor does all")
    elif find_spec("llama_cpp") is None:
        names = ", ".join(gpu.name for gpu in found)
        yield Finding("gpu", names, "For language models on it: make serving", is_urgent=False)


def _number(path: str) -> int | None:
    try:
        return int(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
