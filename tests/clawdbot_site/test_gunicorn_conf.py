"""How a web server ends: a real gunicorn under the settings of the product."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.installation import ROOT, wait_until
from tests.services import free_port


class Server:
    """Gunicorn with the small application, in a home of its own."""

    def __init__(self, home, drain_s):
        self.home = home
        self.address = f"http://127.0.0.1:{(port := free_port())}"
        settings = {
            "CLAWDBOT_HOME": str(home), "CLAWDBOT_SERVICE__PORT": str(port),
            "CLAWDBOT_SERVICE__WEB_WORKERS": "1", "CLAWDBOT_NODE__DRAIN_S": str(drain_s),
        }  # fmt: skip
        command = [
            sys.executable, "-m", "gunicorn", "-c", "python:clawdbot_site.gunicorn_conf",
            "tests.clawdbot_site.small_web",
        ]  # fmt: skip
        self.log = home / "log"
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **settings}, stderr=self.log.open("w"),
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(lambda: self.status("/quick") == 200, what="a web server")

    def get(self, path):
        return httpx.get(f"{self.address}{path}", timeout=60, headers={"User-Agent": "nginx"})

    def status(self, path):
        try:
            return self.get(path).status_code
        except httpx.TransportError:
            return None

    def tell_to_stop(self):
        self.process.send_signal(signal.SIGTERM)


@pytest.fixture(scope="module")
def idle(tmp_path_factory):
    """One that nobody stops."""
    home = tmp_path_factory.mktemp("idle")
    (home / "data" / "run").mkdir(parents=True)
    server = Server(home, drain_s=0)
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture
def started(tmp_path):
    """Starts a server with so many seconds of drain."""
    servers = []

    def start(*, drain_s):
        servers.append(Server(tmp_path, drain_s))
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.wait()


def test_a_server_that_is_told_to_stop_says_so_serves_on_and_ends_what_it_has_begun(started):
    server = started(drain_s=600)
    server.get("/readyz")
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(server.get, "/slow")
        wait_until((server.home / "begun").exists, what="a request under way")

        server.tell_to_stop()
        wait_until(lambda: server.status("/readyz") == 503, what="a drain")
        late = server.get("/quick")
        server.tell_to_stop()  # as the end of its drain does, or somebody in a hurry
        wait_until(
            lambda: server.status("/quick") is None, what="a closed door"
        )  # it does not hang
        (server.home / "go").touch()

    assert (late.status_code, late.headers["Connection"]) == (200, "close")
    assert slow.result().status_code == 200
    assert server.process.wait(30) == 0


def test_the_drain_ends_by_itself(started):
    server = started(drain_s=1)
    server.get("/readyz")

    server.tell_to_stop()

    assert server.process.wait(30) == 0
    assert "Draining for 1.0 seconds" in server.log.read_text()


def test_nobody_tells_the_server_where_it_is_mounted(idle):
    asked = {"Script_Name": "/elsewhere"}  # "/quick/metrics" would reach what a proxy keeps closed

    assert httpx.get(f"{idle.address}/quick", headers=asked).status_code == 200


def test_the_master_writes_down_how_many_processes_it_keeps(idle):
    told = (idle.home / "data" / "run" / "web-processes").read_text()

    assert told == f"{idle.process.pid} 1"


def test_where_no_balancer_looks_nobody_is_waited_for(started):
    server = started(drain_s=600)

    server.tell_to_stop()

    assert server.process.wait(30) == 0


def test_clients_that_do_not_hang_up_hold_nobody_up(started):
    server = started(drain_s=0)
    address = ("127.0.0.1", int(server.address.rpartition(":")[2]))
    lingering = [socket.create_connection(address) for _ in range(20)]
    for client in lingering:
        client.sendall(b"GET /quick HTTP/1.0\r\n\r\n")
        client.recv(1)  # answered; gunicorn by itself waits for 2 s each until it hangs up

    assert httpx.get(f"{server.address}/quick", timeout=20).status_code == 200
    for client in lingering:
        client.close()
