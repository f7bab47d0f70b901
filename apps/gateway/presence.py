"""Whether the client is still there while nothing is being sent to it."""

import select
import socket

from django.http import HttpRequest
from rest_framework.request import Request

SOCKET = "gunicorn.socket"


def is_gone(request: Request | HttpRequest) -> bool:
    """Whether the client, or the proxy before us, has closed the connection.

    Known where gunicorn speaks plain HTTP; elsewhere False, and writing finds it out.
    """
    connection = request.META.get(SOCKET)
    if type(connection) is not socket.socket:  # none, or one that cannot be peeked into (TLS)
        return False
    try:
        if not _has_news(connection):
            return False
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _has_news(connection: socket.socket) -> bool:
    poll = select.poll()  # select.select() refuses descriptors beyond 1023
    poll.register(connection, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))
