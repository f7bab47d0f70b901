"""What operators are told about Milvus."""

import pytest
from django.test import Client

from apps.api import readiness
from apps.api.checker import Checker
from apps.knowledge import changes
from apps.ops.health import health
from apps.retrieval import milvus_following, shared_vectors
from apps.retrieval.models import NodeIndex
from clawdbot_site.installation.data_checks import data_findings
from tests.apps.retrieval.milvus.test_following import embedded, retire
from tests.immediate import Immediate

pytestmark = pytest.mark.django_db
AWAY = "http://127.0.0.1:1"


def told():
    return [check for check in health().checks if str(check.name) == "Milvus"]


def findings():
    return [finding for finding in data_findings() if finding.check == "milvus"]


def test_where_vectors_are_in_files_nothing_is_said_of_milvus():
    assert shared_vectors.state() is None
    assert told() == findings() == []


def test_a_milvus_that_has_followed_is_well(milvus):
    embedded(2)
    milvus_following.catch_up()

    assert [(check.tone, check.words) for check in told()] == [("good", "Up to date, 2 chunks")]
    assert [finding.is_fine for finding in findings()] == [True]
    assert "2 vectors" in findings()[0].seen


def test_a_milvus_that_is_behind_is_at_work(milvus):
    chunks = embedded(1)
    milvus_following.catch_up()
    retire(*chunks)

    assert shared_vectors.state().lag == 1
    assert [check.tone for check in told()] == ["busy"]


def test_a_milvus_that_is_away_is_named_with_what_to_do(configure):
    configure(AWAY)
    embedded(1)

    assert [check.tone for check in told()] == ["bad"]
    assert "index.milvus_uri" in told()[0].advice
    assert [finding.is_fine for finding in findings()] == [False]


def test_a_node_is_ready_without_its_milvus_and_says_so(configure, monkeypatch):
    configure(AWAY)
    warm = readiness.WarmUp()
    warm.state = "warm"
    monkeypatch.setattr(readiness, "warm_up", warm)
    immediate = Checker(readiness.check, readiness.SILENCE, Immediate())
    monkeypatch.setattr(readiness, "checker", immediate)

    response = Client().get("/readyz")

    assert response.status_code == 200
    assert response.json()["checks"]["vectors"] == {
        "ok": True, "answers": False, "lag": changes.latest(),
    }  # fmt: skip


def test_receipts_do_not_wait_for_a_milvus_that_is_not_used_any_more():
    NodeIndex.objects.create(node="milvus")

    shared_vectors.start_following(None)

    assert not NodeIndex.objects.filter(node="milvus").exists()
