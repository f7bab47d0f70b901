"""What `clawdbot doctor` looks at without Django: machine, folders, secrets, processes."""

import codecs
import locale
import os
import pwd
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zoneinfo import available_timezones

from apps.core import config_environment
from apps.core.config import REPOSITORY, Config
from apps.core.errors import Conflict
from clawdbot_site.cli.console import counted
from clawdbot_site.cli.readiness import address, is_ready
from clawdbot_site.installation import machine, preflight
from clawdbot_site.installation.config_file import path as config_path
from clawdbot_site.installation.disk_checks import disk_findings
from clawdbot_site.installation.findings import Finding
from clawdbot_site.installation.system_checks import system_findings
from clawdbot_site.supervision import control, web_address
from clawdbot_site.supervision.conf import KEEPER

OLDEST_PYTHON = (3, 11)
CONTAINERS = frozenset({"compose", "kubernetes"})
MB = 10**6
MOST_FILES = 5000


def machine_findings(configuration: Config) -> Iterator[Finding]:
    """One finding a check, in a fixed order."""
    yield _python()
    yield _clock()
    yield _encoding()
    yield _names(configuration)
    yield _variables()
    yield _folder(configuration)
    yield from _owners(configuration)
    yield from disk_findings(configuration)
    yield _memory(configuration)
    yield from system_findings(configuration)
    if configuration.node.platform in CONTAINERS:  # which say of each process whether it is well
        return
    yield _secrets(configuration)
    running = control.is_running(configuration)
    yield _processes(configuration, is_running=running)
    yield _answers(configuration) if running else _port(configuration)
    yield from _ports(configuration)


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


def _names(configuration: Config) -> Finding:
    """Files in any language, and the time zone that people read."""
    zone = configuration.service.time_zone
    if zone not in available_timezones():
        return Finding(
            "locale", f"no time zone {zone}", "See service.time_zone: Asia/Shanghai, UTC"
        )
    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "文档 é").touch()
    except (OSError, UnicodeError):
        return Finding("locale", "file names in ASCII only", "Set LANG=C.UTF-8 and LC_ALL=C.UTF-8.")
    name = os.environ.get("LC_ALL") or os.environ.get("LANG") or "C"
    return Finding("locale", f"{name}, {zone}, names of files in any language")


def _variables() -> Finding:
    """Of the environment: a name without its two underscores is passed over."""
    if stray := config_environment.of_no_key(Config):
        remedy = "It sets nothing. Names of keys: CLAWDBOT_SECTION__KEY (docs/configuration.md)"
        return Finding("environment", ", ".join(stray), remedy, is_urgent=False)
    return Finding("environment", "no variable that sets nothing")


def _folder(configuration: Config) -> Finding:
    try:
        preflight.check_folder(configuration.data_dir)
    except Conflict as refusal:
        return Finding("data folder", str(configuration.data_dir), refusal.message)
    if configuration.database.url == "sqlite" and configuration.data_dir.stat().st_mode & 0o005:
        seen = f"everybody on this machine can read what is in {configuration.data_dir}"
        remedy = f"Run: chmod 700 {configuration.data_dir}"
        return Finding("data folder", seen, remedy, is_urgent=False)
    return Finding("data folder", str(configuration.data_dir))


def _owners(configuration: Config) -> Iterator[Finding]:
    """Files that somebody else made, mostly root, keep the service from working with them."""
    folder = configuration.data_dir
    if not folder.exists():
        return
    mine, strange, looked_at = folder.stat().st_uid, [], 0
    for path in _some_files(folder):
        looked_at += 1
        with suppress(OSError):
            if path.lstat().st_uid != mine:
                strange.append(path)
    if strange:
        remedy = f"Run: chown -R --reference={folder} {folder}"
        yield Finding(
            "owner", f"{counted(len(strange), 'file')} of another user: {strange[0]}", remedy
        )
    elif os.geteuid() not in (mine, 0):
        yield Finding("owner", f"{folder} is of another user", "Run clawdbot as the one it is of.")
    elif mine and os.geteuid() == 0:
        name = _user_name(mine)
        remedy = f"Run commands as that user, else files are root's: sudo -u {name} clawdbot …"
        yield Finding("owner", f"{folder} is of {name}, you are root", remedy, is_urgent=False)
    else:
        yield Finding("owner", f"one for {counted(looked_at, 'file')}")


def _some_files(folder: Path) -> Iterator[Path]:
    """The first few thousand, folders before what is in them."""
    waiting, count = [folder], 0
    while waiting and count < MOST_FILES:
        with suppress(OSError):
            for path in sorted(waiting.pop(0).iterdir()):
                count += 1
                yield path
                if path.is_dir() and not path.is_symlink():
                    waiting.append(path)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


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


def _answers(configuration: Config) -> Finding:
    """Asked as a browser would."""
    configuration = web_address.in_force(configuration)
    where = address(configuration)
    if all(one.name == KEEPER for one in control.states(configuration)):
        return Finding("port", "only model servers run here")
    if is_ready(configuration):
        return Finding("port", f"{where} answers")
    return Finding("port", f"{where}/readyz says no", "It says why: clawdbot logs web")


def _ports(configuration: Config) -> Iterator[Finding]:
    """Two servers of ours cannot have one port."""
    service, models = configuration.service.port, configuration.serving.port
    if configuration.serving.models and models <= service < models + len(
        configuration.serving.models
    ):
        remedy = "Set serving.port elsewhere: models count up from it."
        yield Finding("ports", f"{service} is the web server's, and a model's", remedy)
