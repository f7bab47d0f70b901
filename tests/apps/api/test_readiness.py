"""Health and readiness."""

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from apps.api import readiness, warming
from apps.api.checker import Checker
from apps.api.warming import WarmUp
from apps.core import clock, draining
from apps.core.models import NodeProcess
from apps.core.node_report import State
from apps.knowledge import changes
from apps.knowledge.models import Change
from apps.ops.nodes import gate
from apps.ops.nodes.gate import Gate, has_better_node
from apps.retrieval.index_standing import IndexStanding
from tests.immediate import Immediate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """Nothing remembered; models that need not be loaded."""
    warm = WarmUp()
    warm.state = "warm"
    monkeypatch.setattr(readiness, "warm_up", warm)
    immediate = Checker(readiness.check, readiness.SILENCE, Immediate())
    monkeypatch.setattr(readiness, "checker", immediate)
    monkeypatch.setattr(readiness, "gate", Gate(has_better_node))
    draining.forget()
    yield
    draining.forget()


def test_a_process_that_answers_is_healthy():
    assert Client().get("/healthz").json() == {"ok": True}


def test_all_parts_in_order_make_a_node_ready():
    response = Client().get("/readyz")

    body = response.json()
    assert (response.status_code, body["ready"]) == (200, True)
    assert set(body["checks"]) == {"drain", "database", "migrations", "index", "models"}


def test_a_node_whose_models_are_still_loading_is_not_ready():
    readiness.warm_up.state = "loading"

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["models"] == {"ok": False, "state": "loading"}


def test_a_node_without_an_index_of_what_there_is_is_not_ready():
    changes.record(Change.Kind.PUBLISH, [1])

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["index"]["lag"] == 1


def test_a_node_that_is_told_to_stop_says_so_at_once_and_answers_on():
    Client().get("/readyz")
    draining.begin()

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["drain"]["ok"] is False
    assert Client().get("/healthz").status_code == 200


def test_a_node_that_is_behind_another_one_is_not_ready(monkeypatch):
    changes.record(Change.Kind.PUBLISH, range(1, 1000))
    NodeProcess.objects.create(
        node="n2", kind="web", host="h", pid=1, state=State.READY, version="1",
        seen_at=clock.now(), started_at=clock.now(),
    )  # fmt: skip
    monkeypatch.setattr(readiness, "index_standing", lambda: IndexStanding(7, 1, 0))
    monkeypatch.setattr(gate, "PATIENCE_S", 0)

    index = Client().get("/readyz").json()["checks"]["index"]

    assert (index["ok"], index["is_behind"], index["lag"]) == (False, True, 998)


def test_a_database_that_a_newer_program_migrated_is_fine():
    MigrationRecorder(connection).record_applied("ops", "9999_of_the_next_version")

    assert Client().get("/readyz").status_code == 200


def test_a_database_that_lacks_a_migration_is_not_ready(monkeypatch):
    monkeypatch.setattr(readiness, "_is_migrated", False)
    last = MigrationLoader(connection).graph.leaf_nodes("ops")[0]
    MigrationRecorder(connection).record_unapplied(*last)

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == {"ok": False}


@pytest.mark.parametrize(
    ("models", "is_draining", "expected"),
    [
        ("warm", False, (State.READY, "")),
        ("loading", False, (State.STARTING, "models")),
        ("failed", False, (State.UNREADY, "models")),
        ("warm", True, (State.DRAINING, "drain")),
    ],
)
def test_a_web_process_tells_the_others_how_it_stands(models, is_draining, expected, monkeypatch):
    monkeypatch.setattr(readiness.warm_up, "start", lambda: None)
    readiness.warm_up.state = models
    if is_draining:
        draining.begin()

    observed = readiness.observed()

    assert (observed.state, observed.reason) == expected


def test_a_database_that_does_not_answer_is_told_without_its_words(monkeypatch):
    def fail():
        raise DatabaseError("password of postgres")

    monkeypatch.setattr(readiness, "_database", fail)
    response = Client().get("/readyz")

    assert response.status_code == 503
    assert "password" not in response.text


def test_the_answer_is_kept_for_a_moment(django_assert_num_queries):
    Client().get("/readyz")

    with django_assert_num_queries(0):
        Client().get("/readyz")


@pytest.mark.django_db(transaction=True)
def test_warming_up_loads_the_models_in_the_background():
    warm = WarmUp()

    warm.start()
    warm.wait(60)

    assert warm.state == "warm"


@pytest.mark.django_db(transaction=True)
def test_a_failed_warm_up_is_told_and_tried_again_later(monkeypatch):
    def fail():
        raise OSError("no such file")

    monkeypatch.setattr(warming, "load_models", fail)
    warm = WarmUp()

    warm.start()
    warm.wait(60)

    assert warm.state == "failed"


@pytest.mark.django_db(transaction=True)
def test_the_reader_is_warmed_up_with_the_other_models(monkeypatch):
    warmed = []
    monkeypatch.setattr(warming.reader, "warm_up", lambda: warmed.append(True))

    warming.load_models()

    assert warmed == [True]
