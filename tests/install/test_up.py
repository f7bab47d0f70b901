"""A real node: up, an answer, Ctrl-C; nothing is left behind, and a second time changes nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.installation import wait_until

CALL = [sys.executable, "-c", "from clawdbot_site.cli.main import main; main()"]
QUESTION = "How long is the warranty?"


class Node:
    """`clawdbot up` in a folder of its own."""

    def __init__(self, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
        self.home = home
        self.environment = {
            **os.environ, "CLAWDBOT_HOME": str(home), "CLAWDBOT_SERVICE__PORT": str(self.port),
            "CLAWDBOT_SERVICE__WEB_WORKERS": "1",
        }  # fmt: skip
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.log = home.with_suffix(".log")

    def up(self, *options: str) -> "subprocess.Popen[bytes]":
        """Start it and wait for the welcome."""
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [*CALL, "up", *options], env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        wait_until(
            lambda: "Ctrl-C" in self.log.read_text() or process.poll() is not None, what="a welcome"
        )
        return process

    def clawdbot(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*CALL, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )

    def ask(self) -> dict[str, object]:
        key = (self.home / "data" / "secrets" / "api_key").read_text().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/ask/",
            data=json.dumps({"question": QUESTION}).encode(),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def processes(self) -> list[str]:
        """Command lines of the node's processes that still run."""
        mine = f"CLAWDBOT_HOME={self.home}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mine in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return [line for line in found if line]


@pytest.fixture
def node(tmp_path):
    node = Node(tmp_path / "node")
    yield node
    node.clawdbot("stop")
    wait_until(lambda: not node.processes(), what="an end of all processes")


def test_up_answers_stops_cleanly_and_is_the_same_again(node):
    process = node.up()
    answer = node.ask()
    assert answer["citations"] or answer["nearest"]
    assert node.clawdbot("status").returncode == 0
    assert "already running" in node.clawdbot("up").stderr

    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert node.processes() == []

    first = node.log.read_text()
    node.up()
    second = node.log.read_text()
    assert next(line for line in second.splitlines() if "API key" in line) in first
    assert "submitted" not in second


def test_of_two_starts_at_one_moment_the_second_is_refused_in_one_line(node):
    starts = [
        subprocess.Popen([*CALL, "start"], env=node.environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = {start.communicate()[1]: start.returncode for start in starts}

    refused = [text for text, code in said.items() if code]
    assert sorted(said.values()) == [0, 1]
    assert "another start is under way" in refused[0].lower()


def test_a_node_of_an_older_program_is_named_until_its_restart(node):
    node.clawdbot("start")
    stamp = node.home / "data" / "run" / "program"
    stamp.write_text("of last year")

    again = node.clawdbot("up")

    assert again.returncode == 0
    assert "an older version is running" in again.stderr
    assert "clawdbot restart" in again.stderr

    followed = node.clawdbot("init", "--yes", "--max-concurrent", "4")

    assert followed.returncode == 0, followed.stderr
    assert "starting the processes again" in followed.stderr
    assert node.clawdbot("status").returncode == 0
    assert stamp.read_text() != "of last year"


def test_whoever_is_killed_leaves_no_process_behind(node):
    process = node.up("--no-sample")
    pid = int((node.home / "data" / "run" / "supervisord.pid").read_text())
    os.kill(pid, signal.SIGKILL)

    assert process.wait(timeout=60) == 1
    wait_until(lambda: not node.processes(), what="an end of all processes")

    process = node.up("--no-sample")
    process.kill()
    process.wait()

    wait_until(lambda: not node.processes(), what="an end of all processes")
