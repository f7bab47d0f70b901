"""`clawdbot status`."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from typer.testing import CliRunner

from apps.core import clock
from clawdbot_site.cli import status
from clawdbot_site.supervision.control import ProcessState
from ingest.models import Job, JobStage
from tests.apps.ops.ledger.entries import entry, write
from tests.factories import JobFactory, UserFactory


@pytest.fixture
def node(monkeypatch):
    """Tells `status` what the supervisor and /readyz would say."""

    def runs(*, is_ready=True, **states):
        processes = [ProcessState(name, state, 0, 0) for name, state in states.items()]
        monkeypatch.setattr(status.control, "states", lambda _: processes)
        monkeypatch.setattr(status.control, "is_running", lambda _: bool(processes))
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


@pytest.mark.django_db
def test_in_detail_it_tells_what_waits_and_what_was_asked(node):
    UserFactory(is_superuser=True)
    JobFactory(stage=JobStage.PARSE)
    Job.objects.update(waiting_since=clock.now() - timedelta(minutes=5, seconds=9))
    write(entry(total_ms=900))
    node(web="RUNNING")

    said = call("--detail").stdout

    assert "parse     1 waiting, 0 at work; the first waits for 5 min" in said
    assert "last hour 1 request: 1 answered, 95 % within 0.9 s" in said
    assert "backup      not set up" in said


@pytest.mark.django_db
@pytest.mark.parametrize(("processes", "said"), [({"web": "RUNNING"}, True), ({}, False)])
def test_an_older_program_is_told_of_a_node_that_runs_only(node, monkeypatch, processes, said):
    UserFactory(is_superuser=True)
    monkeypatch.setattr(status.status_contents.program, "is_current", lambda _: False)
    node(**processes)

    assert ("an older one runs" in call("--detail").stdout) == said


def test_a_database_that_is_away_does_not_hide_what_runs(node, monkeypatch):
    def away():
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(status.status_contents, "facts", away)
    node(web="RUNNING", is_ready=False)

    result = call("--detail")

    assert result.exit_code == 1
    assert "The database cannot be reached" in result.stdout
    assert "web" in result.stdout
