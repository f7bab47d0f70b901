"""What systemd hears."""

import socket

import pytest

from clawdbot_site.supervision import systemd


@pytest.fixture(params=["file", "abstract"])
def listening(request, tmp_path, monkeypatch):
    name = str(tmp_path / "notify") if request.param == "file" else "@clawdbot-test-notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(name.replace("@", "\0", 1))
        server.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield server


def test_systemd_hears_that_the_node_is_ready(listening):
    systemd.tell("READY=1")

    assert listening.recv(100) == b"READY=1"


def test_under_another_parent_nobody_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    systemd.tell("READY=1")


def test_a_listener_that_is_gone_stops_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))

    systemd.tell("READY=1")
