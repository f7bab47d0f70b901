"""Gunicorn's worker of threads, with a door that shuts when it is told to stop."""

import socket
import struct
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

CLOSING_THREADS = 8
MOST_CLOSING = 64  # connections that are given time to end; more are ended at once
HEAD_S, BODY_S, SEND_S = 15, 300, 60  # without a byte; as nginx has them (deploy/nginx)


def listen_for(sock: socket.socket, seconds: float) -> None:
    """From now on reading ends with a BlockingIOError when nothing comes for so long."""
    _limit(sock, socket.SO_RCVTIMEO, seconds)


class WebWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn 27 leaves the socket open until its last answer has ended, and accepts nobody: who
    comes meanwhile hangs, and is cut off then. Refused at once, a balancer asks another node.

    And it waits for up to 2 s, in the loop that all requests go through, until a client closes a
    connection that is not kept. Here threads beside it wait.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._closer = ThreadPoolExecutor(CLOSING_THREADS, "closing")
        self._closing: set[Future[None]] = set()

    def enqueue_req(self, conn: Any) -> None:
        """Called by the loop when a request begins. Who falls silent in the middle of it, or does
        not read what was written, holds a thread: some dozens would hold all of them for ever."""
        listen_for(conn.sock, HEAD_S)
        _limit(conn.sock, socket.SO_SNDTIMEO, SEND_S)
        super().enqueue_req(conn)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Called by the loop when an answer was given."""
        conn.close = partial(self._close, type(conn).close.__get__(conn))
        super().finish_request(conn, fs)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called by the loop of the worker, with False when it ends, too."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            self._take_in(listener)
            listener.close()

    def _take_in(self, listener: object) -> None:
        """Those who came before the door was shut are answered."""
        before = -1
        while before != self.nr_conns:
            before = self.nr_conns
            self.accept(listener)

    def _close(self, close: Callable[..., None], graceful: bool = False) -> None:
        self._closing = {one for one in self._closing if not one.done()}
        if graceful and len(self._closing) < MOST_CLOSING:
            self._closing.add(self._closer.submit(close, graceful=True))
        else:
            close()


def _limit(sock: socket.socket, option: int, seconds: float) -> None:
    """The kernel's own time limit: gunicorn sets the one of Python's socket as it goes along."""
    whole = int(seconds)
    value = struct.pack("ll", whole, int(1_000_000 * (seconds - whole)))
    sock.setsockopt(socket.SOL_SOCKET, option, value)
