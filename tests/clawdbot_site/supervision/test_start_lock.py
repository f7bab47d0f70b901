"""One start at a time."""

import subprocess
import sys

import pytest

from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.supervision import start_lock

HOLD = """
from apps.core.config import Config
from clawdbot_site.supervision import start_lock
with start_lock.held(Config()):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    return Config()


@pytest.fixture
def other_start(configuration):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        yield process
        process.kill()


@pytest.mark.usefixtures("other_start")
def test_a_second_start_is_refused(configuration):
    with (
        pytest.raises(Conflict, match="Another start is under way"),
        start_lock.held(configuration),
    ):
        pass


def test_a_killed_start_is_in_nobodys_way(configuration, other_start):
    other_start.kill()
    other_start.wait()

    with start_lock.held(configuration):
        pass


def test_a_finished_start_lets_the_next_one_in(configuration):
    for _ in range(2):
        with start_lock.held(configuration):
            pass
