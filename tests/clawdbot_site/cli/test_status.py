"""`clawdbot status`."""

import json

import pytest
from typer.testing import CliRunner

from clawdbot_site.cli import status
from clawdbot_site.supervision.control import ProcessState
from tests.factories import UserFactory


@pytest.fixture
def node(monkeypatch):
    """Tells `status` what the supervisor and /readyz would say."""

    def runs(*, is_ready=True, **states):
        processes = [ProcessState(name, state, 0, 0) for name, state in states.items()]
        monkeypatch.setattr(status.control, "states", lambda _: processes)
        monkeypatch.setattr(status, "is_ready", lambda _: is_ready)

    return runs


def call(*arguments):
    return CliRunner().invoke(status.app, list(arguments))


def test_a_node_of_which_everything_runs_is_ready(node):
    node(web="RUNNING", beat="RUNNING")

    result = call()

    assert result.exit_code == 0
    assert result.stdout.startswith("ready at http://")


@pytest.mark.parametrize("state", ["FATAL", "BACKOFF", "EXITED", "STOPPED"])
def test_a_node_without_one_of_its_processes_is_degraded(node, state):
    node(web="RUNNING", beat=state)

    result = call()

    assert result.exit_code == 1
    assert result.stdout.startswith("degraded: beat is not running")


@pytest.mark.django_db
def test_machines_are_told_which_processes_are_down(node):
    UserFactory(is_superuser=True)
    node(web="RUNNING", beat="FATAL", indexer="BACKOFF")

    facts = json.loads(call("--json").stdout)

    assert (facts["state"], facts["running"]) == ("degraded", False)
    assert facts["degraded"] == ["beat", "indexer"]


def test_a_node_that_is_starting_is_not_there_yet(node):
    node(web="STARTING", beat="RUNNING", is_ready=False)

    result = call()

    assert result.exit_code == 1
    assert result.stdout.startswith("starting at ")


def test_no_processes_are_no_node(node):
    node()

    assert call().exit_code == 1
