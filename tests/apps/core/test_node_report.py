"""Processes that tell of themselves."""

import os
import socket
from datetime import timedelta

import pytest
from django.db import OperationalError

from apps.core import client_address, clock, node_forgetting, node_report
from apps.core.models import NodeProcess
from apps.core.node_report import Observed, Reporter, State

pytestmark = pytest.mark.django_db
GONE = 2**22 + 1  # no process can have this number


def report(observed: Observed | None = None) -> Reporter:
    reporter = Reporter("web", lambda: observed or Observed())
    reporter.report()
    return reporter


def a_process(*, host="elsewhere", pid=7, node="n2", silent=timedelta()) -> NodeProcess:
    seen_at = clock.now() - silent
    return NodeProcess.objects.create(
        node=node, kind="web", host=host, pid=pid, seen_at=seen_at, started_at=seen_at, version="1"
    )


def test_a_process_tells_who_and_how_it_is():
    report(Observed(State.UNREADY, "index", {"requests": 3}))

    row = NodeProcess.objects.get()
    assert (row.host, row.pid, row.state) == (socket.gethostname(), os.getpid(), State.UNREADY)
    assert row.figures["requests"] == 3
    assert row.figures["memory_bytes"] > 10**6
    assert row.migrations > 30


def test_the_next_report_changes_the_row_and_not_when_it_began():
    reporter = report()
    began = NodeProcess.objects.get().started_at

    reporter.report()

    row = NodeProcess.objects.get()
    assert row.started_at == began < row.seen_at


def test_a_proxy_that_was_not_believed_since_is_in_the_next_report(monkeypatch):
    reporter = report()
    monkeypatch.setattr(client_address, "_unbelieved", {"10.0.0.4"})

    reporter.report()

    assert NodeProcess.objects.get().figures["unbelieved"] == ["10.0.0.4"]


def test_a_process_with_the_number_of_one_that_was_killed_begins_anew():
    report()
    NodeProcess.objects.update(version="0.1.0", started_at=clock.now() - timedelta(days=1))

    report()

    row = NodeProcess.objects.get()
    assert (row.version, clock.now() - row.started_at < timedelta(hours=1)) == ("0.2.0", True)


def test_a_row_that_was_forgotten_comes_back_with_the_next_report():
    reporter = report()
    NodeProcess.objects.all().delete()

    reporter.report()

    assert NodeProcess.objects.get().version == "0.2.0"


@pytest.mark.django_db(transaction=True)
def test_a_thread_reports_through_failures_of_the_database_and_leaves_in_order(monkeypatch):
    monkeypatch.setattr(node_report, "SQLITE_REPORT_S", 0.01)
    failures = iter([OperationalError("away"), OSError("full")])
    seen = node_report.threading.Event()

    def observe() -> Observed:
        for failure in failures:
            raise failure
        seen.set()
        return Observed()

    reporter = Reporter("web", observe)
    reporter.start()
    assert seen.wait(20)
    reporter.end()

    assert not NodeProcess.objects.exists()


def test_keys_are_told_apart_and_not_told():
    fingerprints = {node_report.key_fingerprint(key) for key in ("one", "two")}

    assert len(fingerprints) == 2
    assert not fingerprints & {"one", "two"}


def test_processes_of_this_machine_that_are_gone_are_forgotten():
    a_process(host=socket.gethostname(), pid=GONE, silent=timedelta(minutes=1))
    kept = a_process(host=socket.gethostname(), pid=os.getpid(), silent=timedelta(minutes=1))

    node_forgetting.forget(clock.now())

    assert list(NodeProcess.objects.all()) == [kept]


def test_a_process_that_was_replaced_is_forgotten_before_a_node_that_fell_silent():
    a_process(pid=1, silent=timedelta(minutes=11))
    kept = [a_process(pid=2), a_process(node="n3", silent=timedelta(hours=23))]
    a_process(node="n4", silent=timedelta(hours=25))

    node_forgetting.forget(clock.now())

    assert list(NodeProcess.objects.order_by("pk")) == kept
