"""Where the supervisor keeps its files."""

import hashlib
import os
import tempfile
from pathlib import Path

from apps.core.config import Config

# sun_path holds 108 bytes; the supervisor binds to the name with its pid behind it.
LONGEST_SOCKET = 90


def run_dir(configuration: Config) -> Path:
    """Folder of what lives only while the node runs."""
    return configuration.data_dir / "run"


def log_dir(configuration: Config) -> Path:
    """Folder of the processes' logs."""
    return configuration.data_dir / "logs"


def supervisor_conf(configuration: Config) -> Path:
    """The generated configuration of the supervisor."""
    return run_dir(configuration) / "supervisord.conf"


def programs_dir(configuration: Config) -> Path:
    """Folder of programs that come and go while the supervisor runs: it reads them beside its own
    configuration."""
    return run_dir(configuration) / "programs"


def supervisor_socket(configuration: Config) -> Path:
    """The supervisor's control socket; in a private temporary folder when data_dir is too deep."""
    path = run_dir(configuration) / "supervisor.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"clawdbot-{os.getuid()}-{name}" / "supervisor.sock"


def make_folders(configuration: Config) -> None:
    """Create the folders of logs, run files and the socket (mode 700)."""
    for folder in (
        run_dir(configuration), log_dir(configuration), programs_dir(configuration)
    ):  # fmt: skip
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket_dir = supervisor_socket(configuration).parent
    socket_dir.mkdir(mode=0o700, exist_ok=True)
    if socket_dir.stat().st_uid != os.getuid():
        raise PermissionError(f"{socket_dir} belongs to another user")
