"""What a packet says of where it was to go. Pure: bytes in, addresses and names out."""

import ipaddress
import struct
from dataclasses import dataclass

ICMP, IGMP, TCP, UDP, ICMP6 = 1, 2, 6, 17, 58
NAMES = {ICMP: "ICMP", TCP: "TCP", UDP: "UDP", ICMP6: "ICMP"}
_PORTS = frozenset({TCP, UDP})
_EXTENSIONS = frozenset({0, 43, 60})  # of IPv6: hop-by-hop, routing, destination (RFC 8200)
# What a kernel says by itself on any cable: neighbours, routers, who listens to which group.
_CHATTER6 = frozenset({*range(130, 138), 143})
DNS_PORT = 53
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Packet:
    """One that was sent. `source_port`: 0 without ports; `name`: asked of a name server."""

    protocol: str
    address: str
    port: int
    source_port: int
    name: str = ""


def parse(data: bytes) -> Packet | None:
    """The packet (IPv4, IPv6), None for what a kernel sends unasked and for what is no packet.

    Source: RFC 791, RFC 8200.
    """
    try:
        version = data[0] >> 4
        if version == 4:
            return _packet(data[9], data[16:20], data[(data[0] & 15) * 4 :])
        if version == 6:
            protocol, rest = data[6], data[40:]
            while protocol in _EXTENSIONS:
                protocol, rest = rest[0], rest[8 + 8 * rest[1] :]
            return _packet(protocol, data[24:40], rest)
    except (IndexError, struct.error, ValueError):
        return None
    return None


def dns_name(message: bytes) -> str:
    """The name that a DNS query asks for; empty where it is none.

    Source: RFC 1035, section 4.1.
    """
    labels: list[str] = []
    at = 12
    while at < len(message) and (size := message[at]):
        if size > 63 or len(labels) > _LONGEST_NAME // 2:
            return ""
        labels.append(message[at + 1 : at + 1 + size].decode("ascii", "replace"))
        at += 1 + size
    return ".".join(labels)


def _packet(protocol: int, address: bytes, rest: bytes) -> Packet | None:
    if protocol == IGMP or (protocol == ICMP6 and rest[0] in _CHATTER6):
        return None
    target = str(ipaddress.ip_address(address))
    if protocol not in _PORTS:
        return Packet(NAMES.get(protocol, f"protocol {protocol}"), target, 0, 0)
    source_port, port = struct.unpack("!HH", rest[:4])
    name = dns_name(rest[8:]) if protocol == UDP and port == DNS_PORT else ""
    return Packet(NAMES[protocol], target, port, source_port, name)
