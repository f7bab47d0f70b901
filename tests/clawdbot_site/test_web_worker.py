"""Gunicorn's worker: how long a silent client holds a thread."""

import socket
import struct
from types import SimpleNamespace

import pytest
from gunicorn.workers.gthread import ThreadWorker

from clawdbot_site.web_worker import HEAD_S, SEND_S, WebWorker, listen_for


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours


def seconds(sock, option):
    return struct.unpack("ll", sock.getsockopt(socket.SOL_SOCKET, option, 16))[0]


def test_a_request_begins_and_is_read_in_bounded_time(ends, monkeypatch):
    monkeypatch.setattr(ThreadWorker, "enqueue_req", lambda worker, conn: None)

    WebWorker.enqueue_req(object.__new__(WebWorker), SimpleNamespace(sock=ends))

    assert seconds(ends, socket.SO_RCVTIMEO) == HEAD_S
    assert seconds(ends, socket.SO_SNDTIMEO) == SEND_S


def test_who_falls_silent_is_not_waited_for(ends):
    listen_for(ends, 0.05)

    with pytest.raises(BlockingIOError):
        ends.recv(1)
