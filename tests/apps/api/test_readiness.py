"""Health and readiness."""

import pytest
from django.db import DatabaseError
from django.test import Client

from apps.api import readiness
from apps.knowledge import changes
from apps.knowledge.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """Nothing remembered; models that need not be loaded."""
    warm = readiness.WarmUp()
    warm.state = "warm"
    monkeypatch.setattr(readiness, "warm_up", warm)
    monkeypatch.setattr(readiness, "_kept", None)


def test_a_process_that_answers_is_healthy():
    assert Client().get("/healthz").json() == {"ok": True}


def test_all_parts_in_order_make_a_node_ready():
    response = Client().get("/readyz")

    body = response.json()
    assert (response.status_code, body["ready"]) == (200, True)
    assert set(body["checks"]) == {"database", "migrations", "index", "models"}


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
    warm = readiness.WarmUp()

    warm.start()
    warm.wait(60)

    assert warm.state == "warm"


@pytest.mark.django_db(transaction=True)
def test_a_failed_warm_up_is_told_and_tried_again_later(monkeypatch):
    def fail():
        raise OSError("no such file")

    monkeypatch.setattr(readiness, "load_models", fail)
    warm = readiness.WarmUp()

    warm.start()
    warm.wait(60)

    assert warm.state == "failed"


@pytest.mark.django_db(transaction=True)
def test_the_reader_is_warmed_up_with_the_other_models(monkeypatch):
    warmed = []
    monkeypatch.setattr(readiness.reader, "warm_up", lambda: warmed.append(True))

    readiness.load_models()

    assert warmed == [True]
