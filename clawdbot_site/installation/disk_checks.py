"""What `clawdbot doctor` looks at of disks: room, inodes, speed, what kind of file system it is."""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from apps.core.config import Config
from apps.core.sizes import parse_size
from clawdbot_site.installation.findings import Finding

MB = 10**6
SPARE = 5  # times storage.min_free: below it the disk is worth a hint
LEAST_INODES = 10_000
LEAST_TEMPORARY = 300 * MB  # the largest upload that is taken in by default, and some
SYNCS, PIECE_BYTES, PIECES = 8, 1 << 20, 8
SLOW_SYNC_S, SLOW_MB_S = 0.05, 10.0
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph"})
PASSING = frozenset({"tmpfs", "ramfs"})


def disk_findings(configuration: Config) -> Iterator[Finding]:
    """Of the data folder, then of other folders where those are on another disk."""
    folder = configuration.data_dir
    if not folder.exists():
        yield Finding("disk", "no data folder yet", "Run: clawdbot up")
        return
    yield _room("disk", folder, parse_size(configuration.storage.min_free))
    yield _inodes(folder)
    yield _kind(folder, holds_sqlite=configuration.database.url == "sqlite")
    yield from _speed(folder)
    for name, other, least in _others(configuration):
        if other.is_dir() and other.stat().st_dev != folder.stat().st_dev:
            yield _room(name, other, least)


def file_system_of(folder: Path, mounts: str) -> str:
    """Its kind, like ext4, by the lines of /proc/mounts; empty where they do not tell."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        place = fields[1].encode().decode("unicode_escape")
        if folder.is_relative_to(place) and len(place) >= len(best):
            best, kind = place, fields[2]
    return kind


def _room(name: str, folder: Path, least: int) -> Finding:
    usage = shutil.disk_usage(folder)
    seen = f"{usage.free // MB:,} MB of {usage.total // MB:,} MB free ({folder})"
    if usage.free < least:
        return Finding(name, seen, "Free some space: uploads are refused now (storage.min_free).")
    remedy = "It is nearly full." if usage.free < SPARE * least else ""
    return Finding(name, seen, remedy, is_urgent=False)


def _inodes(folder: Path) -> Finding:
    found = os.statvfs(folder)
    if not found.f_files:  # made as they are needed
        return Finding("inodes", "as many as there is room")
    remedy = "Each document needs some: delete small files, or use another disk."
    is_fine = found.f_favail >= LEAST_INODES
    seen = f"{found.f_favail:,} of {found.f_files:,} free"
    return Finding("inodes", seen, "" if is_fine else remedy)


def _kind(folder: Path, *, holds_sqlite: bool) -> Finding:
    mounts = ""
    with suppress(OSError):
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    kind = file_system_of(folder.resolve(), mounts)
    if kind in NETWORK:
        remedy = (
            "SQLite loses data on it. Set storage.data_dir to a disk of this machine, or "
            "database.url to a PostgreSQL."
            if holds_sqlite
            else "The index is slow on it. Set storage.data_dir to a disk of this machine."
        )
        return Finding("file system", kind, remedy, is_urgent=holds_sqlite)
    if kind in PASSING:
        remedy = "It is empty after a restart. Set storage.data_dir to a disk."
        return Finding("file system", kind, remedy)
    if kind == "overlay":
        remedy = "It goes with the container. Mount a volume at storage.data_dir."
        return Finding("file system", kind, remedy, is_urgent=False)
    return Finding("file system", kind or "unknown")


def _speed(folder: Path) -> Iterator[Finding]:
    """Every change of the database waits until the disk says that it is safe."""
    try:
        sync_s, mb_s = measure(folder)
    except OSError as error:
        yield Finding("disk speed", os.strerror(error.errno or 0), "Free some space, look at it.")
        return
    is_fine = sync_s <= SLOW_SYNC_S and mb_s >= SLOW_MB_S
    remedy = (
        "" if is_fine else "Reading files in will be slow. Use a local SSD for the data folder."
    )
    seen = f"{1000 * sync_s:.1f} ms for a safe write, {mb_s:,.0f} MB/s"
    yield Finding("disk speed", seen, remedy, is_urgent=False)


def measure(folder: Path) -> tuple[float, float]:
    """Median seconds of a small write that is safe, and MB a second of 8 MB. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder) as file:
        times = []
        for _ in range(SYNCS):
            begun = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        piece = os.urandom(PIECE_BYTES)
        for _ in range(PIECES):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        took = max(time.perf_counter() - begun, 1e-6)
    return statistics.median(times), PIECES * PIECE_BYTES / MB / took


def _others(configuration: Config) -> Iterator[tuple[str, Path, int]]:
    yield "temporary", Path(tempfile.gettempdir()), LEAST_TEMPORARY
    yield "models' disk", configuration.models_dir, 1000 * MB
    originals = configuration.storage.originals
    if originals.startswith("/"):
        yield "originals' disk", Path(originals), parse_size(configuration.storage.min_free)
    if configuration.backup.to:
        yield "backups' disk", Path(configuration.backup.to), 1000 * MB
