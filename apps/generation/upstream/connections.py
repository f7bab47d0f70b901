"""Connections to servers: pooled for each process, and cut from outside when time is up."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

from apps.core import cancellation

if TYPE_CHECKING:
    import httpx

CONNECT_S, WRITE_S = 2.0, 30.0
CANCELLED, TOO_SLOW = "cancelled", "too slow"


def client() -> "httpx.Client":
    """The process's client for every address; thread-safe. No proxy out of the environment."""
    return _client(os.getpid())  # what a fork inherits shares its sockets with the parent


@cache
def _client(pid: int) -> "httpx.Client":
    import certifi
    import httpx

    trusted = ssl.create_default_context()  # the machine's, with the company's own authority
    trusted.load_verify_locations(certifi.where())
    return httpx.Client(
        verify=trusted,
        timeout=httpx.Timeout(WRITE_S, connect=CONNECT_S),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
        trust_env=False,
        follow_redirects=False,
    )


class Cutting:
    """Ends the reading of a response at a moment, or when nobody listens any more."""

    def __init__(self, response: "httpx.Response") -> None:
        stream = response.extensions["network_stream"]
        self._socket: socket.socket | None = stream.get_extra_info("socket")
        self._timer: threading.Timer | None = None
        self.reason = ""  # why it was cut; empty: it was not

    def after(self, seconds: float) -> None:
        """Cut so many seconds from now instead of whenever was said before."""
        self.spare()
        self._timer = threading.Timer(max(0.0, seconds), self.cut, [TOO_SLOW])
        self._timer.daemon = True
        self._timer.start()

    def spare(self) -> None:
        """Cut at no time."""
        if self._timer:
            self._timer.cancel()

    def cut(self, reason: str = CANCELLED) -> None:
        """Whoever reads wakes with an error. Safe from any thread."""
        self.reason = self.reason or reason
        if self._socket is not None:
            with suppress(OSError):  # closed already
                self._socket.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(response: "httpx.Response") -> Iterator[Cutting]:
    """Inside, the current cancellation cuts the response; at the end nothing does any more."""
    cutting = Cutting(response)
    current = cancellation.current.get()
    try:
        if current is None:
            yield cutting
        else:
            with current.waking(cutting.cut):
                yield cutting
    finally:
        cutting.spare()
