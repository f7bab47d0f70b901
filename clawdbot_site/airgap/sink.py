"""The only way out of the namespace: a cable whose other end is this process, which writes down
what comes and answers nothing."""

import errno
import fcntl
import os
import select
import socket
import struct
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from clawdbot_site.airgap.owners import owner_of
from clawdbot_site.airgap.packets import DNS_PORT, UDP, Packet, dns_name, parse

# https://docs.kernel.org/networking/tuntap.html
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
DEVICE = "wayout"
_ADDRESS, _ADDRESS6 = "198.18.0.1/15", "2001:2::1/48"  # for benchmarks: RFC 2544, RFC 5180
_LARGEST = 1 << 16
_WAIT_S = 0.2


@dataclass(slots=True)
class Departure:
    """An attempt to leave; `times`: packets, a connection that is not answered sends several."""

    protocol: str
    address: str
    port: int
    name: str
    process: str
    times: int = 1

    @property
    def line(self) -> str:
        """In one line."""
        if self.name:
            return f"{self.process} asked {self.address} for the name {self.name}"
        port = f":{self.port}" if self.port else ""
        return f"{self.process} to {self.address}{port} ({self.protocol})"


@dataclass(slots=True)
class Sink:
    """Takes in all that would leave, and what name servers of this machine would pass on."""

    _departures: dict[tuple[str, str, int, int], Departure] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Make the cable and the default routes, begin to listen. Raises OSError."""
        cable = os.open("/dev/net/tun", os.O_RDWR)
        request = struct.pack("16sH22x", DEVICE.encode(), _IFF_TUN | _IFF_NO_PI)
        fcntl.ioctl(cable, _TUNSETIFF, request)
        _ip("link", "set", "lo", "up")
        _ip("addr", "add", _ADDRESS, "dev", DEVICE)
        _ip("link", "set", DEVICE, "up")
        _ip("route", "add", "default", "dev", DEVICE)
        if os.path.exists("/proc/sys/net/ipv6"):
            _ip("addr", "add", _ADDRESS6, "dev", DEVICE, "nodad")
            _ip("-6", "route", "add", "default", "dev", DEVICE)
        _ip("route", "add", "broadcast", "255.255.255.255", "dev", DEVICE)
        for listen in (lambda: self._watch(cable), self._serve_names):
            threading.Thread(target=listen, daemon=True, name="sink").start()

    def departures(self) -> Sequence[Departure]:
        """What tried to leave so far, in its order."""
        with self._lock:
            return list(self._departures.values())

    def forget(self) -> None:
        """Begin anew: what was seen so far was meant."""
        with self._lock:
            self._departures.clear()

    def _watch(self, cable: int) -> None:
        while True:
            if (packet := parse(os.read(cable, _LARGEST))) is not None:
                self._note(packet)

    def _serve_names(self) -> None:
        """A resolver of this machine (127.0.0.53) would ask others: a question to it counts."""
        sockets = [one for family in (socket.AF_INET, socket.AF_INET6) if (one := _door(family))]
        while True:
            for door in select.select(sockets, [], [], _WAIT_S)[0]:
                message, sender = door.recvfrom(_LARGEST)
                packet = Packet("UDP", "this machine", DNS_PORT, sender[1], dns_name(message))
                self._note(packet)

    def _note(self, packet: Packet) -> None:
        key = (packet.protocol, packet.address, packet.port, packet.source_port)
        with self._lock:
            known = self._departures.get(key)
            if known is not None and known.name == packet.name:
                known.times += 1
                return
        process = owner_of(packet.protocol, packet.source_port)
        departure = Departure(packet.protocol, packet.address, packet.port, packet.name, process)
        with self._lock:
            self._departures[key] = departure


def _door(family: socket.AddressFamily) -> socket.socket | None:
    try:
        door = socket.socket(family, socket.SOCK_DGRAM, UDP)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        door.bind(("", DNS_PORT))
    except OSError as error:
        if error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            return None  # no IPv6 here
        raise
    return door


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)  # noqa: S603, S607
