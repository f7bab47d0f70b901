"""A real nginx with its balancer before small nodes that say what they were asked."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from apps.core.config import REPOSITORY, Config
from clawdbot_site.front import rendering
from clawdbot_site.front.layout import Front
from clawdbot_site.front.program import BROTLI, MODULES
from tests.services import free_port, program

Answer = Callable[[BaseHTTPRequestHandler], None]
NOBODY = "127.0.0.1:9"  # nothing listens there
STRANGER = {"X-Forwarded-For": "203.0.113.9"}  # the tests themselves are monitors


class _Quiet(ThreadingHTTPServer):
    """A connection that breaks off is what some tests are about."""

    def handle_error(self, *_: Any) -> None:
        pass


class Node:
    """A web server that is ready or not, as it is told, and echoes requests as JSON."""

    def __init__(self) -> None:
        self.is_ready = True
        self.answers: dict[str, Answer] = {}
        self.seen: list[str] = []
        self._server = _Quiet(("127.0.0.1", 0), _handler_of(self))
        self.port = self._server.server_address[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        self._server.shutdown()
        self._server.server_close()


def _handler_of(node: Node) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path == "/readyz":
                checks = {"index": {"ok": node.is_ready}}
                return reply(self, {"checks": checks}, status=200 if node.is_ready else 503)
            node.seen.append(path)
            return node.answers.get(path, _echo)(self)

        do_POST = do_GET  # noqa: N815 - the library's word

        def log_message(self, *_: Any) -> None:
            pass

    def _echo(handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size)
        reply(handler, {"node": node.port, "headers": dict(handler.headers), "bytes": len(body)})

    return Handler


def reply(
    handler: BaseHTTPRequestHandler, body: object, *, status: int = 200, **headers: str
) -> None:
    """Answer with JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(data)))
    for name, value in ({"content_type": "application/json"} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


def in_two_parts(first: bytes, has_read: threading.Event, second: bytes) -> Answer:
    """A stream of events whose second part is written when the first was read."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(first)
        has_read.wait(20)
        handler.wfile.write(second)

    return write


@dataclass
class Running:
    """A front that runs."""

    front: Front
    port: int
    balancer: subprocess.Popen[bytes]
    https_port: int = 0
    nodes: list[Node] = field(default_factory=list)

    def ask(self, path: str, method: str = "GET", **given: Any) -> "Reply":
        """See `ask`."""
        return ask(self.port, path, method, **given)

    def upstream(self) -> set[int]:
        """Ports of the nodes that nginx was told of."""
        lines = self.front.upstream.read_text().splitlines()
        return {int(one.split()[1].rsplit(":", 1)[1]) for one in lines if " max_fails" in one}

    def wait_for(self, *nodes: Node) -> None:
        """Until just these get requests."""
        until(lambda: self.upstream() == {node.port for node in nodes})


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(port: int, path: str, method: str = "GET", **given: Any) -> Reply:
    """One request over plain HTTP; `headers` and `body` as for http.client."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, given.get("body"), given.get("headers") or {})
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


def has_started(front: Front) -> bool:
    """Whether nginx listens: it writes its process id then."""
    return front.pid.is_file() and bool(front.pid.read_text().strip())


def connected(port: int) -> socket.socket:
    """A connection to a port of this machine."""
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def until(is_so: Callable[[], object], *, tries: int = 400) -> None:
    """Wait until something is so; fail when it never is."""
    for _ in range(tries):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to be so")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user may enter, as nginx's workers do when root starts them."""
    with tempfile.TemporaryDirectory(prefix="clawdbot-front-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def running(
    folder: Path,
    nodes: list[Node],
    *,
    interval: float = 0.1,
    edit: tuple[str, str] = ("", ""),
    **settings: Any,
) -> Iterator[Running]:
    """nginx and the balancer, started as on a machine of their own: without our packages."""
    program("nginx", package="nginx")
    front, port = Front(folder), free_port()
    given = {"addresses": ["127.0.0.1"], "http_port": port, "trusted_proxies": ["127.0.0.1"]}
    given |= {"unlimited": ["127.0.0.1"]}  # tests that wait ask often
    given |= {"nodes": [node.address for node in nodes] or [NOBODY]} | settings
    rendering.write(front, Config(front=given))
    site = folder / "site.conf"
    site.write_text(site.read_text().replace(*edit))
    command = [sys.executable, "-S", "-m", "clawdbot_site.front.balancer", str(folder)]
    log = (folder / "balancer.log").open("wb")
    process = subprocess.Popen([*command, "--interval", str(interval)], cwd=REPOSITORY, stderr=log)
    it = Running(front, port, process, given.get("https_port", 0), nodes)
    try:
        until(lambda: has_started(front))
        yield it
    finally:
        process.terminate()
        process.wait()
        log.close()


def brotli_module() -> None:
    """Debian's module. Missing: a failure in CI, a skip on a developer's machine."""
    if not any((folder / BROTLI).is_file() for folder in MODULES):
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse("install Debian's libnginx-mod-http-brotli-filter")


@contextmanager
def nodes(count: int) -> Iterator[list[Node]]:
    """Some nodes that are ready."""
    started = [Node() for _ in range(count)]
    try:
        yield started
    finally:
        for node in started:
            node.stop()
