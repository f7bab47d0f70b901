"""What people are told of the models: the admin's home, doctor, status."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.ops.health import health
from apps.ops.model_keeping import overview
from clawdbot_site.installation.serving_checks import serving_findings
from tests.admin_pages import admin_client, admin_user, plain_static_files  # noqa: F401

pytestmark = pytest.mark.django_db
PLAN = {
    "parallel": 8, "context": 4096, "threads": 6, "gpu_layers": 0, "memory_bytes": 5 * 10**9,
    "reasons": ["threads 6: 8 cores"],
}  # fmt: skip


def served(server, **values):
    """The row as a keeper would have left it a moment ago."""
    for name, value in {"seen_at": timezone.now(), **values}.items():
        setattr(server, name, value)
    server.save()


def servers_check():
    return next((one for one in health().checks if str(one.name) == "Model servers"), None)


def test_without_models_nothing_is_said_of_them():
    assert servers_check() is None
    assert list(serving_findings()) == []


def test_a_model_that_answers_is_shown_with_its_plan_in_words(add_model, admin_client):  # noqa: F811
    served(add_model("a", state="ready"), plan=PLAN, figures={"running": 2.0, "waiting": 1.0})

    page = admin_client.get("/admin/").content.decode()

    assert servers_check().tone == "good"
    assert "8 requests at once of 4096 tokens, 6 threads" in page
    assert "2 running, 1 waiting" in page


def test_a_refused_model_that_is_to_be_kept_is_a_trouble_with_its_arithmetic(
    add_model,
    admin_client,  # noqa: F811
):
    words = "needs 5.1 GB; 3.9 GB free of 8.0 GB allowed"
    served(add_model("a", state="refused", is_pinned=True), reason=words)

    assert servers_check().advice == words
    assert words in admin_client.get("/admin/").content.decode()
    assert words in [finding.remedy for finding in serving_findings()]


def test_what_a_silent_keeper_said_is_not_believed(add_model):
    long_ago = timezone.now() - timedelta(minutes=1)
    served(add_model("a", state="ready"), seen_at=long_ago, plan=PLAN)

    assert [one.is_silent for one in overview.served()] == [True]
    assert servers_check().tone == "bad"
