"""The process that forks a limited child for each file: `python -m ingest.sandbox_child FD`.

Started once by a worker and free of Django. It loads the parsers, gives up the network, then forks
one child per file (some milliseconds instead of the 0.2 s of a new interpreter with its libraries),
so no file ever meets the memory of another. It ends, with its children, when its parent is gone.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from ingest import sandbox_limits, sandbox_records
from ingest.loaders import registry
from ingest.loaders.protocol import FileFacts, LoadError
from ingest.sniffing import sniff

_REQUEST_BYTES = 1 << 16
_PRELOADED = sorted({target.partition(":")[0] for target in registry.LOADERS.values()})


def main() -> None:
    """Serve requests on the inherited socket until its other end closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for terminal_signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(terminal_signal, signal.SIG_IGN)  # the parent's end is what ends us
    sandbox_limits.cut_network()
    for module in _PRELOADED:
        import_module(f"ingest.loaders.{module}")
    gc.collect()
    gc.freeze()  # pages of these objects stay shared with the children
    _Server(control).serve()


class _Server:
    """Forks children, tells of their end through their report pipe."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._reports: dict[int, int] = {}
        self._woken, waker = os.pipe()
        os.set_blocking(waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def serve(self) -> None:
        selector = selectors.DefaultSelector()
        selector.register(self._control, selectors.EVENT_READ)
        selector.register(self._woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == self._woken:
                    os.read(self._woken, 4096)
                    self._reap()
                elif not self._take_request():
                    self._end()
                    return

    def _take_request(self) -> bool:
        data, fds, _, _ = socket.recv_fds(self._control, _REQUEST_BYTES, 2)
        if not data:
            return False
        output, report = fds
        pid = os.fork()
        if pid == 0:
            _be_child(json.loads(data), output, report, [self._control.fileno(), self._woken])
        os.close(output)
        self._reports[pid] = report
        _write(report, f"pid {pid}\n")
        return True

    def _reap(self) -> None:
        while self._reports:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return
            report = self._reports.pop(pid)
            _write(report, f"\nexit {os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}\n")
            os.close(report)

    def _end(self) -> None:
        for pid in self._reports:
            os.kill(pid, signal.SIGKILL)


def _write(report: int, text: str) -> None:
    with suppress(BlockingIOError, BrokenPipeError):
        os.write(report, text.encode())


def _be_child(request: dict[str, object], output: int, report: int, inherited: list[int]) -> None:
    """Run one request and exit; an exception is printed into the report and never leaves."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for each in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_DFL)
        for fd in inherited:
            os.close(fd)
        os.dup2(report, 2)
        sandbox_limits.apply(sandbox_limits.Limits(*request["limits"]))  # type: ignore[misc]
        _run(Path(str(request["path"])), str(request["filename"]), output)
        code = 0
    except MemoryError:
        code = sandbox_records.EXIT_MEMORY
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


def _run(path: Path, filename: str, output: int) -> None:
    with open(output, "wb", buffering=1 << 16) as lines:
        try:
            pages = 0
            media_type = sniff(path, filename)
            for record in registry.loader_for(media_type).load(path, media_type, filename):
                lines.write(sandbox_records.encode(record))
                if isinstance(record, FileFacts) or pages == 0:
                    lines.flush()
                pages += not isinstance(record, FileFacts)
            if not pages:
                raise LoadError("empty", "The file holds no text.")
            lines.write(sandbox_records.encode(None))
        except LoadError as reason:
            lines.write(sandbox_records.encode(reason))
        except RecursionError:
            too_deep = LoadError("damaged", "The file is nested too deeply to be read.")
            lines.write(sandbox_records.encode(too_deep))


if __name__ == "__main__":
    main()
