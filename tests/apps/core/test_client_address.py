"""Only a trusted proxy says who asks."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from apps.core import client_address
from apps.core.client_address import STATEMENTS, ClientAddress, settle

TRUSTED = [ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


def settled(peer, stated):
    meta = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": stated}
    settle(meta, trusted=TRUSTED)
    return meta["REMOTE_ADDR"]


@pytest.mark.parametrize(
    ("peer", "stated", "client"),
    [
        ("10.1.2.3", "1.2.3.4", "1.2.3.4"),
        ("::ffff:10.1.2.3", "1.2.3.4", "1.2.3.4"),
        ("fd00::7", "2001:db8::1", "2001:db8::1"),
        ("10.1.2.3", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # what the client wrote comes first
        ("10.1.2.3", "6.6.6.6, 10.9.9.9", "10.9.9.9"),  # a client in a trusted network is a client
        ("10.1.2.3", "nonsense", "10.1.2.3"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("192.0.2.1", "1.2.3.4", "192.0.2.1"),
        ("", "1.2.3.4", ""),
    ],
)
def test_the_last_address_that_a_trusted_proxy_states_is_the_client(peer, stated, client):
    assert settled(peer, stated) == client


def test_what_a_stranger_states_is_dropped_the_scheme_too():
    meta = {"REMOTE_ADDR": "192.0.2.1"} | dict.fromkeys(STATEMENTS, "https")

    assert settle(meta, trusted=TRUSTED) is False
    assert meta == {"REMOTE_ADDR": "192.0.2.1"}


def test_a_trusted_proxys_scheme_stays():
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}

    assert settle(meta, trusted=TRUSTED) is True
    assert meta["HTTP_X_FORWARDED_PROTO"] == "https"


def test_a_stranger_that_speaks_for_others_is_named_once(caplog, monkeypatch):
    monkeypatch.setattr(client_address, "_unbelieved", set())
    middleware = ClientAddress(lambda request: request.META["REMOTE_ADDR"])
    request = {"REMOTE_ADDR": "192.0.2.1", "headers": {"X-Forwarded-For": "1.2.3.4"}}

    seen = [middleware(RequestFactory().get("/", **request)) for _ in range(2)]

    assert seen == ["192.0.2.1", "192.0.2.1"]
    assert client_address.unbelieved() == ["192.0.2.1"]
    assert caplog.text.count("192.0.2.1 speaks for others") == 1
