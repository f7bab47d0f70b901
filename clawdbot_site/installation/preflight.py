"""What must be true before the node starts; each refusal is one line that says what to do."""

import errno
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

from apps.core.config import Config
from apps.core.errors import Conflict
from apps.core.sizes import parse_size
from clawdbot_site.installation import machine
from clawdbot_site.installation.config_file import path as config_path
from clawdbot_site.supervision import places

MEMORY_NEEDED = 800 * 10**6  # bytes; measured: all processes together with the sample documents
START_SPACE = 100 * 10**6  # bytes beside storage.min_free: database, static files, logs
AFTERMATH_S = 5.0  # for which a killed node's processes may still hold the port


def check(configuration: Config) -> None:
    """Raise Conflict with the first thing that keeps the node from starting."""
    check_folder(configuration.data_dir)
    check_disk(configuration)
    check_memory()
    check_port(configuration)


def check_folder(folder: Path) -> None:
    """Refuse a data folder that cannot be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Conflict(
            f"{folder} cannot be written to ({os.strerror(error.errno or 0).lower()}). Give this"
            " user the folder, or use another one (storage.data_dir, CLAWDBOT_HOME)."
        ) from None


def check_disk(configuration: Config) -> None:
    """Refuse a disk that is nearly full."""
    free = shutil.disk_usage(configuration.data_dir).free
    needed = parse_size(configuration.storage.min_free) + START_SPACE
    if free < needed:
        raise Conflict(
            f"The disk of {configuration.data_dir} has {free // 10**6} MB free, at least"
            f" {needed // 10**6} MB are needed. Free some space, or set storage.data_dir."
        )


def check_memory() -> None:
    """Refuse to start where the processes would be killed for lack of memory."""
    available = machine.available_memory()
    if available < MEMORY_NEEDED:
        raise Conflict(
            f"{available // 10**6} MB of memory are available, {MEMORY_NEEDED // 10**6} MB are"
            " needed. Stop other programs, or set service.web_workers to 1."
        )


def check_port(configuration: Config) -> None:
    """Refuse a port that another program has, naming the program where that can be known."""
    host, port = configuration.service.host, configuration.service.port
    was_killed = (places.run_dir(configuration) / "supervisord.pid").exists()
    deadline = time.monotonic() + (AFTERMATH_S if was_killed else 0)
    while error := _bind_error(host, port):
        if time.monotonic() < deadline:
            time.sleep(0.2)
            continue
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise Conflict(
                f"{host} is no address of this machine. Set service.host in {config_path()}."
            )
        if isinstance(error, PermissionError):
            raise Conflict(f"Port {port} needs root. Set service.port above 1023.")
        holder = machine.holder_of_port(port)
        raise Conflict(
            f"{host}:{port} cannot be used: {os.strerror(error.errno or 0).lower()}"
            f"{f' by {holder}' if holder else ''}."
            f" Stop that program, or set service.port in {config_path()}."
        )


def _bind_error(host: str, port: int) -> OSError | None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None
