"""What a packet says of where it was to go."""

import socket
import struct

import pytest

from clawdbot_site.airgap.packets import Packet, dns_name, parse

QUERY = b"\x00\x01\x01\x00\x00\x01" + bytes(6) + b"\x07example\x03com\x00\x00\x01\x00\x01"


def ip4(protocol, target, rest):
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(rest), 0, 0, 64, protocol, 0)
    return head + socket.inet_aton("198.18.0.1") + socket.inet_aton(target) + rest


def ip6(following, target, rest):
    head = struct.pack("!IHBB", 6 << 28, len(rest), following, 64)
    own, other = (socket.inet_pton(socket.AF_INET6, one) for one in ("2001:2::1", target))
    return head + own + other + rest


def ports(source, target, rest=b""):
    return struct.pack("!HHHH", source, target, 8 + len(rest), 0) + rest


def test_a_connection_says_address_and_port():
    packet = parse(ip4(6, "203.0.113.7", ports(40000, 443)))

    assert packet == Packet("TCP", "203.0.113.7", 443, 40000)


def test_a_question_for_a_name_says_the_name():
    packet = parse(ip4(17, "10.0.0.53", ports(40000, 53, QUERY)))

    assert packet == Packet("UDP", "10.0.0.53", 53, 40000, "example.com")


def test_extensions_before_the_ports_are_passed_over():
    padded = bytes([6, 0]) + bytes(6) + ports(40000, 80)

    assert parse(ip6(0, "2001:db8::7", padded)) == Packet("TCP", "2001:db8::7", 80, 40000)


@pytest.mark.parametrize(
    "data",
    [
        ip6(58, "ff02::2", b"\x85\x00"),
        ip4(2, "224.0.0.22", b"\x22\x00"),
        b"",
        b"\x45",
        b"\x00" * 40,
    ],
)
def test_what_a_kernel_says_by_itself_and_what_is_no_packet_is_nobodys(data):
    assert parse(data) is None


def test_a_ping_counts():
    assert parse(ip4(1, "203.0.113.7", b"\x08\x00")) == Packet("ICMP", "203.0.113.7", 0, 0)


@pytest.mark.parametrize("message", [b"", QUERY[:12], bytes(12) + b"\xff" * 80])
def test_a_message_without_a_name_has_none(message):
    assert dns_name(message) == ""
