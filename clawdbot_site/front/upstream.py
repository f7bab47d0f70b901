"""The nodes as nginx reads them, and their addresses as people write them."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

# Two failed requests in five seconds, and nginx leaves the node alone for five. The balancer has
# seen it by then; this is for the second in between.
_SERVER = "    server {} max_fails=2 fail_timeout=5s;\n"
_NOBODY = "    server 127.0.0.1:9 down;  # nginx wants one\n"
_TEXT = """\
# Written by the balancer; changes are lost.
upstream nodes {{
    zone nodes 256k;
    least_conn;
{servers}}}
map "" $has_nodes {{
    default {has_nodes};
}}
"""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One web server of one node: an IP address and a port."""

    ip: str
    port: int

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


def text_of(ready: Iterable[Address]) -> str:
    """The upstream's file, the same for the same nodes in any order."""
    servers = "".join(_SERVER.format(address) for address in sorted(ready))
    return _TEXT.format(servers=servers or _NOBODY, has_nodes=int(bool(servers)))


def named_in(text: str) -> list[str]:
    """The `host:port` lines of a file of nodes; `#` begins a comment."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def resolve(name: str) -> list[Address]:
    """Every address that `host:port` has now; raises OSError when its name is not known.

    ValueError when it is no `host:port`.
    """
    parts = urlsplit(f"//{name}")
    if not parts.hostname or not parts.port:
        raise ValueError(f"{name!r} is no host:port")
    found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    return sorted({Address(str(where[4][0]), parts.port) for where in found})
