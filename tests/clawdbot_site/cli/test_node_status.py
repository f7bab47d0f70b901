"""Nodes in `clawdbot status --detail` and `clawdbot doctor`."""

import json

import pytest
from typer.testing import CliRunner

from apps.core.models import NodeProcess
from apps.core.nodes import node_name
from clawdbot_site.cli import status
from clawdbot_site.installation.node_checks import cluster_findings
from tests.factories import UserFactory
from tests.node_rows import told

pytestmark = pytest.mark.django_db
State = NodeProcess.State


@pytest.fixture(autouse=True)
def _containers(monkeypatch):
    """No supervisor of ours runs here; an administrator is there."""
    monkeypatch.setattr(status.control, "states", lambda _: [])
    monkeypatch.setattr(status.control, "is_running", lambda _: False)
    UserFactory(is_superuser=True)


def call(*arguments):
    return CliRunner().invoke(status.app, list(arguments))


def test_each_node_has_a_line():
    told("n1", figures={"requests": 3, "load": 0.25, "memory_bytes": 10**8})
    told("n1", pid=2)
    told("n2", "indexer", silent_s=90)

    lines = call("--detail").stdout.splitlines()

    first = next(line.split() for line in lines if line.startswith("n1"))
    assert first == [
        "n1",
        "ready",
        "0.2.0",
        "-",
        "-",
        "3",
        "25%",
        "100",
        "MB",
        "+0.0",
        "s",
    ]
    assert "  n1 runs web:2" in lines
    assert "  n2: indexer is not heard of for 1 min" in lines


def test_machines_get_nodes_and_processes():
    told("n1", reason="why")

    (node,) = json.loads(call("--json").stdout)["nodes"]

    assert (node["name"], node["state"], node["processes"][0]["pid"]) == ("n1", "ready", 1)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (NodeProcess.State.READY, ("ready", True, 0)),
        (NodeProcess.State.UNREADY, ("unready", False, 1)),
    ],
)
def test_a_node_of_containers_is_what_its_processes_say(state, expected):
    told(node_name(), state=state)

    result = call("--json")

    facts = json.loads(result.stdout)
    assert (facts["state"], facts["ready"], result.exit_code) == expected


def test_doctor_counts_the_nodes_and_says_what_to_do():
    told("n1")
    told("n2", key_fingerprint="other")
    told("n3")

    counted, found = cluster_findings()

    assert (counted.seen, counted.is_fine) == ("3 known, 3 answer", True)
    assert found.seen == "n2: signs with another key than the others"
    assert "service.secret_key" in found.remedy
