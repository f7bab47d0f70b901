"""The parent's side of the fork server: starts it, asks it for children, kills those."""

import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from ingest.sandbox_limits import Limits

_PROGRAM = Path(__file__).resolve().parents[1]
_READ_BYTES = 1 << 18
ENDING_S = 10.0
_PIPE_BYTES = 1 << 20
_F_SETPIPE_SZ = 1031
# Nothing of the caller's environment (keys, passwords) reaches a parser. One arena and one thread:
# the address space of idle arenas and stacks counts against the memory limit.
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(_PROGRAM),
    "PYTHONDONTWRITEBYTECODE": "1",
    "MALLOC_ARENA_MAX": "2",
    "RAYON_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class TimedOut(Exception):
    """The wall-clock limit of a child passed."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a child ended: exit code (negative: signal), peak resident memory, its last words."""

    exit_code: int | None
    peak_bytes: int
    stderr: str


class Child:
    """A running child. Leaving the context kills it if it still runs."""

    def __init__(self, output: int, report: int, wall_s: float) -> None:
        self._output = output
        self._report = report
        self._deadline = time.monotonic() + wall_s
        self._said = b""

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._output)
        self.kill()
        os.close(self._report)

    def lines(self, max_bytes: int) -> Iterator[bytes]:
        """Its output line by line until its end. Raises TimedOut; ValueError on a huge line."""
        rest = bytearray()
        while data := self._read():
            rest += data
            if b"\n" in data:
                *complete, tail = rest.split(b"\n")
                yield from (bytes(line) for line in complete)
                rest = bytearray(tail)
            if len(rest) > max_bytes:
                raise ValueError("line too long")

    def report(self, wait_s: float = 5.0) -> Report:
        """Wait for its end and tell of it."""
        end = time.monotonic() + wait_s
        while b"\nexit " not in self._said and (left := end - time.monotonic()) > 0:
            if not _readable(self._report, left) or not self._hear():
                break
        said, _, ended = self._said.rpartition(b"\nexit ")
        code, peak = [*ended.split(), b"", b""][:2] if said else (b"", b"")
        stderr = (said or self._said).partition(b"\n")[2].decode(errors="replace")
        return Report(int(code) if code else None, int(peak or 0) * 1024, stderr)

    @property
    def pid(self) -> int:
        """Its process id; 0 when it never started."""
        while b"\n" not in self._said and _readable(self._report, 5.0) and self._hear():
            pass
        return int(self._said[4:].split(b"\n")[0]) if self._said.startswith(b"pid ") else 0

    def kill(self) -> None:
        """End it now, if it has not ended."""
        pid = self.pid
        while _readable(self._report, 0) and self._hear():
            pass
        if pid and b"\nexit " not in self._said:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _read(self) -> bytes:
        if not _readable(self._output, self._deadline - time.monotonic()):
            raise TimedOut
        return os.read(self._output, _READ_BYTES)

    def _hear(self) -> bool:
        data = os.read(self._report, _READ_BYTES)
        self._said = (self._said + data)[: 1 << 20]
        return bool(data)


class ForkServer:
    """One fork server of this process. Threads may start children at the same time."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-s", "-m", "ingest.sandbox_child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=_PROGRAM,
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control = ours
        self.pid = self._process.pid
        self.owner = os.getpid()

    def start(self, path: Path, filename: str, limits: Limits) -> Child:
        """Fork a child for one file. Raises OSError when the server is gone."""
        output, output_end = os.pipe()
        report, report_end = os.pipe()
        with suppress(OSError):
            fcntl.fcntl(output, _F_SETPIPE_SZ, _PIPE_BYTES)
        os.set_blocking(report_end, False)
        request = {
            "path": str(path.resolve()),
            "filename": filename[-500:],
            "limits": list(asdict(limits).values()),
        }
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], [output_end, report_end])
        except OSError:
            os.close(output)
            os.close(report)
            raise
        finally:
            os.close(output_end)
            os.close(report_end)
        return Child(output, report, limits.wall_s)

    def close(self) -> None:
        """Let the server end; it kills its children. One that does not listen is killed."""
        self._control.close()
        if self.owner != os.getpid():
            return
        try:
            self._process.wait(timeout=ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_lock = threading.Lock()
_current: list[ForkServer] = []


def start_child(path: Path, filename: str, limits: Limits) -> Child:
    """Start a child through this process's fork server, which is started (again) when needed.

    Raises OSError when no child can be started.
    """
    for _ in range(2):
        server = _server()
        try:
            child = server.start(path, filename, limits)
        except OSError:  # the server was killed, perhaps for memory
            _retire(server)
            continue
        if child.pid:
            return child
        with child:  # it was killed before it could fork
            _retire(server)
    raise OSError("no parser process can be started")


def _server() -> ForkServer:
    with _lock:
        if not _current or _current[0].owner != os.getpid():
            _current[:] = [ForkServer()]
        return _current[0]


def _retire(server: ForkServer) -> None:
    with _lock:
        if server in _current:
            _current.remove(server)
            server.close()


def current_pid() -> int:
    """The process id of this process's fork server; 0 when there is none."""
    with _lock:
        return _current[0].pid if _current and _current[0].owner == os.getpid() else 0


def shut_down() -> None:
    """End the fork server of this process, if there is one."""
    with _lock:
        if _current and _current[0].owner == os.getpid():
            _current.pop().close()


def _readable(fd: int, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(max(0, int(timeout_s * 1000))))
