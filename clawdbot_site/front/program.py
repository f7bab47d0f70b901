"""nginx as a program: what it can do here, its test, its start, its reload, its end."""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Protocol

from clawdbot_site.front.layout import Front, make_folder, replace

MODULES = (Path("/usr/lib/nginx/modules"), Path("/usr/share/nginx/modules"))
BROTLI = "ngx_http_brotli_filter_module.so"
_TYPES = "text/css text/javascript application/javascript application/json image/svg+xml"
_COMPRESSION = (
    f"brotli on;\nbrotli_comp_level 5;\nbrotli_min_length 1024;\nbrotli_types {_TYPES};\n"
)
# How nodes are asked for assets: as they compressed them when they were installed, or plain where
# nginx packs them tighter. One copy of each is kept.
_PLAIN = "    \"~*\\bbr\\b\" '';\n"
_ENCODINGS = (
    "map $http_accept_encoding $asset_encoding {{\n    default '';\n{plain}    ~*gzip gzip;\n}}\n"
)
_FOLDERS = ("cache", "body", "proxy", "spare")
_PROGRAM = Path(__file__).resolve().parents[2]
GRACE_S = 30.0
_START_S, _GLANCE_S = 10.0, 0.02
NOBODY = "www-data"  # Debian's user of web servers


class NotHere(Exception):
    """nginx is not installed, or could not work here; the message says what to do."""


class Server(Protocol):
    """An nginx that serves the folder of a front."""

    def start(self) -> None:
        """Begin to serve. Raises NotHere."""

    def reload(self) -> str:
        """Read the configuration again, losing no request; why nginx refuses it, or empty."""

    def reopen_logs(self) -> None:
        """Write to files anew, after a rotation."""

    def exit_code(self) -> int | None:
        """None as long as it serves."""

    def stop(self) -> None:
        """End when the requests that are being answered are."""


def prepare(front: Front) -> None:
    """Make what nginx's configuration expects in `run/`: folders, and what this nginx can do."""
    for folder in (front.run, front.folder / "logs", *(front.run / name for name in _FOLDERS)):
        make_folder(folder)
    module = next((one / BROTLI for one in MODULES if (one / BROTLI).is_file()), None)
    replace(front.run / "modules.conf", f"load_module {module};\n" if module else "")
    replace(front.run / "brotli.conf", _COMPRESSION if module else "")
    encodings = _ENCODINGS.format(plain=_PLAIN if module else "")
    replace(front.run / "encodings.conf", encodings)


class OwnServer:
    """An nginx that is our child: it ends with us, and we with it."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """See Server."""
        self._check_ways()
        tied = [sys.executable, "-S", "-m", "clawdbot_site.front.tied"]
        command = [*tied, *self._command(), "-g", self._globals()]
        self._process = subprocess.Popen(command, cwd=_PROGRAM)  # noqa: S603
        until = time.monotonic() + _START_S  # a signal before it listens would end it
        while time.monotonic() < until and self._process.poll() is None:
            if self._listens(self._process.pid):
                break
            time.sleep(_GLANCE_S)

    def reload(self) -> str:
        """See Server."""
        try:
            trial = self._test()
        except NotHere as error:  # it is being upgraded
            return str(error)
        if trial.returncode:
            return _complaint(trial.stderr)
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)
        return ""

    def reopen_logs(self) -> None:
        """See Server."""
        if self._process is not None:
            self._process.send_signal(signal.SIGUSR1)

    def exit_code(self) -> int | None:
        """See Server."""
        return self._process.poll() if self._process is not None else None

    def stop(self) -> None:
        """See Server. After GRACE_S what is left is cut."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.terminate()
            self._process.wait()

    def _command(self) -> list[str]:
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise NotHere("nginx is not installed: apt-get install nginx")
        folder = str(self._front.folder)
        return [program, "-p", folder, "-e", "stderr", "-c", str(self._front.configuration)]

    def _listens(self, process_id: int) -> bool:
        """nginx writes its number when it has its ports and minds signals."""
        try:
            return self._front.pid.read_text().strip() == str(process_id)
        except OSError:
            return False

    def _globals(self) -> str:
        user = self._workers()
        return f"{user and f'user {user}; '}daemon off;"

    def _workers(self) -> str:
        """Who answers when root starts nginx: the folder's owner; empty when we are not root."""
        if os.geteuid() != 0:
            return ""
        owner = self._front.folder.owner()
        return NOBODY if owner == "root" else owner

    def _check_ways(self) -> None:
        folder = self._front.folder
        closed = [one for one in (folder, *folder.parents) if not one.stat().st_mode & stat.S_IXOTH]
        if self._workers() == NOBODY and closed:
            raise NotHere(
                f"{closed[-1]} is closed to the user {NOBODY}: put the folder of the front"
                " elsewhere, or give it to the user that nginx shall be"
            )

    def _test(self) -> subprocess.CompletedProcess[bytes]:
        command = [*self._command(), "-t", "-q", "-g", self._globals()]
        return subprocess.run(command, capture_output=True, check=False)  # noqa: S603


class ForeignServer:
    """An nginx that somebody else starts and stops; a command makes it read its files again."""

    def __init__(self, reload_command: str) -> None:
        self._reload = shlex.split(reload_command)

    def start(self) -> None:
        """See Server: it runs already, and reads what changed before we came."""
        self.reload()

    def reload(self) -> str:
        """See Server."""
        code = subprocess.run(self._reload, check=False).returncode  # noqa: S603
        return f"{shlex.join(self._reload)} ended with {code}" if code else ""

    def reopen_logs(self) -> None:
        """See Server: who rotates its files tells it, too."""

    def exit_code(self) -> int | None:
        """See Server: not known."""
        return None

    def stop(self) -> None:
        """See Server: it goes on."""


def _complaint(told: bytes) -> str:
    lines = told.decode(errors="replace").strip().splitlines()
    emergencies = [line for line in lines if "[emerg]" in line] or lines or ["no reason given"]
    return re.sub(r"^.*?\[emerg\]\s*(\d+#\d+:)?\s*", "", emergencies[0])
