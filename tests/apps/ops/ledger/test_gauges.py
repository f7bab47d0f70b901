"""What is measured once a minute."""

from datetime import timedelta

import pytest

from apps.core import clock, machine
from apps.ops.ledger import gauges
from apps.ops.ledger.selectors import queues, resources, window
from apps.serving import gpus
from tests.factories import JobFactory
from tests.node_rows import told as process

pytestmark = pytest.mark.django_db


def figures(found, *key):
    (one,) = [series for series in found if (series.of, series.node, series.name) == key]
    return one.points[-1].mean


def test_processes_of_a_kind_are_measured_together_and_their_machine_once():
    seen = {"load": 0.5, "disk_free_bytes": 7, "machine_memory_bytes": 100}
    process("n1", kind="web", pid=1, figures=seen | {"cpu": 0.25, "memory_bytes": 10})
    process("n1", kind="web", pid=2, figures=seen | {"cpu": 0.5, "memory_bytes": 20})
    gauges.sample()

    found = resources(window("15m"))
    web = figures(found, "process", "n1", "web")
    assert (web["cpu"], web["memory_bytes"], web["processes"]) == (0.75, 30, 2)
    machine_seen = figures(found, "machine", "n1", "")
    assert (machine_seen["load"], machine_seen["disk_free_bytes"]) == (0.5, 7)


def test_a_minute_is_measured_once():
    process("n1", figures={"load": 0.5})

    assert (gauges.sample() > 0, gauges.sample()) == (True, 0)


def test_minutes_add_up_to_means_least_and_most(monkeypatch):
    now = clock.now()
    for minute, load in enumerate((0.25, 0.75)):
        monkeypatch.setattr(clock, "now", lambda at=now + timedelta(minutes=minute): at)
        process("n1", pid=minute + 1, figures={"load": load})
        gauges.sample()

    (point,) = next(one for one in resources(window("90d")) if one.of == "machine").points[-1:]
    assert (point.mean["load"], point.least["load"], point.most["load"]) == (0.5, 0.25, 0.75)


def test_queues_are_measured_with_their_age_and_what_was_done_per_hour():
    now = clock.now()
    JobFactory.create_batch(2, stage="parse")
    JobFactory(stage="done", state="done", finished_at=now - timedelta(minutes=1))
    gauges.sample()

    found = queues(window("15m"))
    assert figures(found, "queue", "", "parse")["waiting"] == 2
    assert figures(found, "queue", "", "all")["done_per_hour"] == 60


def test_a_process_tells_of_its_machine():
    told = machine.measured("web")

    assert 0 < told["machine_memory_bytes"] < told["machine_memory_total_bytes"]
    assert 0 < told["disk_free_bytes"] <= told["disk_total_bytes"]


def test_gpus_are_measured_where_there_are_any(monkeypatch):
    assert gauges.gpu_figures() == {}
    monkeypatch.setattr(gpus, "found", lambda: (gpus.Gpu("A", 100, 40), gpus.Gpu("B", 100, 50)))
    monkeypatch.setattr(gpus, "use", lambda: 0.5)

    told = gauges.gpu_figures()
    assert (told["gpu"], told["gpu_memory_bytes"], told["gpu_memory_total_bytes"]) == (
        0.5,
        110,
        200,
    )
