"""Tries to leave, for the self-test: `python -m clawdbot_site.airgap.attempt`."""

import os
import socket
from contextlib import suppress

NAME = "clawdbot-selftest.example"
ADDRESS, PORT = "203.0.113.7", 443  # nobody's: RFC 5737
ADDRESS6 = "2001:db8::7"  # nobody's: RFC 3849
WAIT_S = 0.3  # for the sink to see whose it is


def main() -> None:
    """One connection over each kind of IP, one datagram, one name."""
    os.environ["RES_OPTIONS"] = "timeout:1 attempts:1"
    with suppress(OSError):
        socket.getaddrinfo(NAME, PORT)
    for family, address in (socket.AF_INET, ADDRESS), (socket.AF_INET6, ADDRESS6):
        with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as one:
            one.settimeout(WAIT_S)
            one.connect((address, PORT))
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"hello", (ADDRESS, PORT))


if __name__ == "__main__":
    main()
