"""What `clawdbot doctor` looks at without Django: machine, folders, secrets, processes."""

import codecs
import locale
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from apps.core.config import REPOSITORY, Config
from apps.core.errors import Conflict
from apps.core.sizes import parse_size
from clawdbot_site.installation import machine, preflight
from clawdbot_site.installation.config_file import path as config_path
from clawdbot_site.installation.findings import Finding
from clawdbot_site.supervision import control

OLDEST_PYTHON = (3, 11)
CONTAINERS = frozenset({"compose", "kubernetes"})
MB = 10**6


def machine_findings(configuration: Config) -> Iterator[Finding]:
    """One finding a check, in a fixed order."""
    yield _python()
    yield _clock()
    yield _encoding()
    yield _folder(configuration)
    yield _disk(configuration)
    yield _memory(configuration)
    if configuration.node.platform in CONTAINERS:  # which say of each process whether it is well
        return
    yield _secrets(configuration)
    running = control.is_running(configuration)
    yield _processes(configuration, is_running=running)
    if not running:
        yield _port(configuration)


def _python() -> Finding:
    seen = f"{sys.version.split()[0]} in {sys.prefix}"
    is_fine = sys.version_info >= OLDEST_PYTHON
    return Finding("python", seen, "" if is_fine else "Install Python 3.11, then: make setup")


def _clock() -> Finding:
    """A clock before the program's own files breaks leases, sessions and key expiry."""
    built = (REPOSITORY / "pyproject.toml").stat().st_mtime
    is_fine = time.time() >= built
    remedy = (
        "" if is_fine else "The clock is behind the program's files. Set it, or run an NTP client."
    )
    return Finding("clock", time.strftime("%Y-%m-%d %H:%M:%S %Z"), remedy)


def _encoding() -> Finding:
    name = locale.getpreferredencoding(False)
    is_fine = codecs.lookup(name).name == "utf-8"
    return Finding("encoding", name, "" if is_fine else "Set LANG=C.UTF-8.")


def _folder(configuration: Config) -> Finding:
    try:
        preflight.check_folder(configuration.data_dir)
    except Conflict as refusal:
        return Finding("data folder", str(configuration.data_dir), refusal.message)
    return Finding("data folder", str(configuration.data_dir))


def _disk(configuration: Config) -> Finding:
    if not configuration.data_dir.exists():
        return Finding("disk", "no data folder yet", "Run: clawdbot up")
    free = shutil.disk_usage(configuration.data_dir).free
    is_fine = free >= parse_size(configuration.storage.min_free)
    remedy = "" if is_fine else "Free some space: uploads are refused now (storage.min_free)."
    return Finding("disk", f"{free // MB} MB free", remedy)


def _memory(configuration: Config) -> Finding:
    available = machine.available_memory()
    if available == sys.maxsize:
        return Finding("memory", "unknown on this system")
    is_fine = available >= preflight.MEMORY_NEEDED or control.is_running(configuration)
    remedy = "" if is_fine else "Stop other programs, or set service.web_workers to 1."
    return Finding("memory", f"{available // MB} MB available", remedy)


def _secrets(configuration: Config) -> Finding:
    folder = configuration.data_dir / "secrets"
    files = [config_path(), *(sorted(folder.iterdir()) if folder.is_dir() else [])]
    readable = [path for path in files if path.exists() and _is_open_to_others(path)]
    if readable:
        names = " ".join(str(path) for path in readable)
        return Finding("secrets", f"{len(readable)} readable by others", f"Run: chmod 600 {names}")
    return Finding("secrets", "readable by this user only")


def _is_open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _processes(configuration: Config, *, is_running: bool) -> Finding:
    if not is_running:
        return Finding("processes", "not running", "Start them: clawdbot start")
    bad = [one.name for one in control.states(configuration) if one.state != "RUNNING"]
    if bad:
        return Finding("processes", f"{', '.join(bad)} not running", f"See: clawdbot logs {bad[0]}")
    return Finding("processes", "all running")


def _port(configuration: Config) -> Finding:
    seen = f"{configuration.service.host}:{configuration.service.port}"
    try:
        preflight.check_port(configuration)
    except Conflict as refusal:
        return Finding("port", seen, refusal.message)
    return Finding("port", f"{seen} is free")
