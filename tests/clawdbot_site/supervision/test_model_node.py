"""A node that serves a model and nothing else: real processes, a tiny model with random weights."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from apps.serving.isolation.confinement import memory_limit
from apps.serving.plan import Plan
from benchmarks.gguf_models import SHAPES, make
from tests.installation import Installation, wait_until
from tests.services import free_port

pytest.importorskip("llama_cpp")
SECRET = "nobody-may-read-this"
CALL = [sys.executable, "-c", "from clawdbot_site.cli.main import main; main()"]
ADD = """
from apps.modelhub.services import Wishes, model_add
from apps.modelhub.sources import source_of
model_add(source_of({path!r}), Wishes(name="tiny"), is_in_place=True)
"""


class ServingNode(Installation):
    """`clawdbot start --model tiny` in a folder of its own."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home, self.port = home, free_port()
        super().__init__(
            home,
            CLAWDBOT_ENGINES__REMOTE_KEY=SECRET,
            CLAWDBOT_DATABASE__URL="sqlite",
            CLAWDBOT_SERVICE__PORT=str(free_port()),
        )
        make(SHAPES["tiny"], home / "tiny.gguf", name="tiny")
        self.django(ADD.format(path=str(home / "tiny.gguf")))
        self.started = self.clawdbot("start", "--model", "tiny", "--port", str(self.port))

    def clawdbot(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*CALL, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )

    def pids(self, *words: str) -> list[int]:
        """Processes of this node with these words in their command lines, the youngest last."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                line = (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if all(word in line for word in (str(self.home), *words)):
                found.append(int(process.name))
        return sorted(found)

    def stream(self, tokens: int):
        """A streamed completion of so many tokens."""
        asked = {"prompt": "the", "max_tokens": tokens, "stream": True, "temperature": 0}
        address = f"http://127.0.0.1:{self.port}/v1/completions"
        return httpx.stream("POST", address, json=asked, timeout=60, trust_env=False)

    def answers(self) -> bool:
        try:
            with self.stream(4) as response:
                return "[DONE]" in response.read().decode()
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    node = ServingNode(tmp_path_factory.mktemp("serving") / "node")
    yield node
    node.clawdbot("stop")
    wait_until(lambda: not node.pids(), what="an end of all processes")


def test_a_model_is_served_alone_and_its_plan_is_printed(node):
    assert node.started.returncode == 0, node.started.stderr
    assert f"tiny answers at http://127.0.0.1:{node.port}" in node.started.stdout
    assert all(word in node.started.stdout for word in ("memory:", "threads", "context 2048"))
    assert node.pids("gunicorn") == []


def test_status_tells_the_decisions_and_their_reasons(node):
    facts = json.loads(node.clawdbot("status", "--json").stdout)

    (tiny,) = facts["models"]
    assert (facts["state"], tiny["state"], tiny["is_pinned"]) == ("ready", "ready", True)
    assert any(reason.startswith("threads") for reason in tiny["plan"]["reasons"])
    assert facts["machine"]["memory_bytes"] > 0


def test_the_model_has_no_secret_of_ours_and_a_limit_of_memory(node):
    (plan_file,) = node.home.glob("data/run/programs/model-tiny.json")
    process = Path("/proc", str(node.pids("apps.serving")[-1]))

    environment = (process / "environ").read_text()
    limits = (process / "limits").read_text()

    assert SECRET not in environment
    assert "CLAWDBOT" not in environment
    assert str(memory_limit(Plan.from_json(plan_file.read_text()))) in limits
    assert plan_file.stat().st_mode & 0o777 == 0o600


def test_a_model_killed_in_the_midst_of_an_answer_is_back_for_the_next(node):
    with node.stream(1900) as response:
        lines = response.iter_lines()
        next(lines)
        os.kill(node.pids("apps.serving")[-1], signal.SIGKILL)
        with pytest.raises(httpx.RemoteProtocolError):
            list(lines)

    wait_until(node.answers, what="an answer after the restart")


def test_a_stopped_model_is_gone(node):
    assert node.clawdbot("stop", "--model", "tiny").returncode == 0
    assert node.pids("apps.serving") == []
