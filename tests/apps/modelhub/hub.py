"""A small HTTP server in the hub's place: ranges, redirects, cut connections."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hub:
    """What it serves at any path, and how. `asked`: the requests, as path and headers."""

    content: bytes = b""
    etag: str = '"one"'
    status: int = 200
    cuts: list[int] = field(default_factory=list)  # bytes after which the next answers end
    redirect: str = ""  # of paths with /resolve/, as the hub does
    knows_ranges: bool = True
    heeds_conditions: bool = True  # of ranges
    claims: int = 0  # bytes more than there are
    is_linked: bool = False
    kind: str = "application/octet-stream"
    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def ranges(self) -> list[str | None]:
        return [headers.get("range") for path, headers in self.asked if "/resolve/" not in path]


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Clients that go away in the middle are what is tested."""


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    server = Server(("127.0.0.1", 0), _handler(hub))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            hub.asked.append((self.path, headers))
            if hub.redirect and "/resolve/" in self.path:
                self._begin(302, {"Location": hub.redirect, "Content-Length": "0"} | self._linked())
            elif hub.status != 200:
                self._begin(hub.status, {"Content-Length": "0"})
            else:
                self._send(self._start(headers))

        def _send(self, start: int) -> None:
            total = len(hub.content)
            if start > 0 and start >= total:
                return self._begin(
                    416, {"Content-Range": f"bytes */{total}", "Content-Length": "0"}
                )
            body = hub.content[start:]
            ranged = {"Content-Range": f"bytes {start}-{total - 1}/{total}"} if start else {}
            tags = {"ETag": hub.etag} if hub.etag else {}
            length = {"Content-Length": str(len(body) + hub.claims), "Content-Type": hub.kind}
            self._begin(206 if start else 200, ranged | tags | length | self._linked())
            if hub.cuts:
                body = body[: hub.cuts.pop(0)]
                self.close_connection = True
            self.close_connection |= bool(hub.claims)
            self.wfile.write(body)
            return None

        def _start(self, headers: dict[str, str]) -> int:
            match = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
            is_same = not hub.heeds_conditions or headers.get("if-range", hub.etag) == hub.etag
            return int(match[1]) if match and is_same and hub.knows_ranges else 0

        def _linked(self) -> dict[str, str]:
            sha256 = hashlib.sha256(hub.content).hexdigest()
            return {"X-Linked-ETag": f'"{sha256}"'} if hub.is_linked else {}

        def _begin(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
