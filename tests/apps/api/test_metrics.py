"""What Prometheus is told, and who else is."""

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from apps.core import config
from apps.knowledge import changes
from apps.knowledge.models import Change
from apps.ops.metrics import exposition
from tests.factories import JobFactory

TOKEN = "a-token-for-prometheus"
pytestmark = pytest.mark.django_db


@pytest.fixture
def open_to_prometheus(monkeypatch):
    service = config.load().service.model_copy(update={"metrics_token": TOKEN})
    changed = config.load().model_copy(update={"service": service})
    monkeypatch.setattr(config, "load", lambda: changed)


def figures():
    families = text_string_to_metric_families(exposition().decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_without_a_token_in_the_configuration_there_is_no_such_page():
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer another", TOKEN, "Bearer ünbekannt"])
def test_who_shows_another_token_finds_no_such_page(open_to_prometheus, shown):
    assert Client().get("/metrics", headers={"authorization": shown}).status_code == 404


def test_who_shows_the_token_reads_figures_under_any_host(open_to_prometheus):
    shown = {"authorization": f"Bearer {TOKEN}", "host": "10.1.2.3:8000"}
    response = Client().get("/metrics", headers=shown)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert b"clawdbot_questions_waiting 0.0" in response.content


def test_an_autoscaler_sees_zero_where_nothing_waits():
    assert figures()["clawdbot_jobs_waiting", "parse"] == 0
    assert figures()["clawdbot_jobs_oldest_seconds", "embed"] == 0


def test_jobs_that_could_begin_are_counted_by_their_stage():
    JobFactory.create_batch(3, stage="parse")
    JobFactory(stage="embed")

    found = figures()

    assert found["clawdbot_jobs_waiting", "parse"] == 3
    assert found["clawdbot_jobs_waiting", "embed"] == 1


def test_a_node_tells_how_far_its_own_index_is_behind():
    changes.record(Change.Kind.PUBLISH, [1])

    assert next(value for name, value in figures().items() if name[0] == "clawdbot_index_lag") == 1


def test_reading_the_figures_costs_the_same_few_queries(django_assert_max_num_queries):
    JobFactory.create_batch(5, stage="parse")

    with django_assert_max_num_queries(12):
        exposition()
