"""Anomalies in the administration and over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.models import Restriction
from apps.ops.anomalies.kinds import Deed, Measure, Rule, State
from apps.ops.models import AnomalyPolicy
from tests.apps.ops.anomalies.test_anomalies import reported
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anomaly():
    return reported(subject=f"user:{UserFactory(username='ann').pk}")


def page_of(anomaly) -> str:
    return f"/admin/ops/anomaly/{anomaly.pk}/change/"


def test_the_list_tells_who_and_why(admin_client, anomaly):
    page = admin_client.get("/admin/ops/anomaly/").content.decode()

    assert "ann" in page
    assert "90 different documents" in page


def test_the_page_shows_evidence_chart_and_the_way_to_the_requests(admin_client, anomaly):
    page = admin_client.get(page_of(anomaly)).content.decode()

    assert "Counted in each minute: 0, 1, 2" in page
    assert f"user={anomaly.user_id}" in page


def test_a_longer_list_costs_no_more_queries(admin_client, anomaly, django_assert_num_queries):
    with CaptureQueriesContext(connection) as short:
        admin_client.get("/admin/ops/anomaly/")
    for _ in range(3):
        reported(subject=f"user:{UserFactory().pk}")

    with django_assert_num_queries(len(short)):
        admin_client.get("/admin/ops/anomaly/")


def test_the_home_page_tells_that_something_waits(admin_client, anomaly):
    page = admin_client.get("/admin/").content.decode()

    assert "Unusual requests wait for somebody" in page


def test_acknowledging_keeps_who_and_why(admin_client, admin_user, anomaly):
    admin_client.post(page_of(anomaly), {"do": "acknowledged", "note": "Ann moves the archive"})

    anomaly.refresh_from_db()
    deed = anomaly.deeds.get()
    assert (anomaly.state, deed.deed, deed.by) == (State.ACKNOWLEDGED, Deed.ACKNOWLEDGE, admin_user)
    assert "Ann moves the archive" in admin_client.get(page_of(anomaly)).content.decode()


def test_a_user_is_suspended_and_let_in_again_from_the_page(admin_client, anomaly):
    form = {"do": "block", "minutes": "0"}
    asked = admin_client.post(page_of(anomaly), form).content.decode()
    assert "How long: until somebody lifts it." in asked
    assert not Restriction.objects.exists()
    admin_client.post(page_of(anomaly), form | {"confirmed": "yes"})
    held = admin_client.get(page_of(anomaly)).content.decode()
    admin_client.post(page_of(anomaly), {"do": "lift"})

    assert "Suspended, until somebody lifts it" in held
    assert Restriction.objects.get().lifted_at is not None


@pytest.mark.parametrize("path", ["", "{}/change/"])
def test_only_superusers_see_anomalies(make_staff, client, anomaly, path):
    client.force_login(make_staff("view_anomaly", "change_anomaly"))

    answer = client.get("/admin/ops/anomaly/" + path.format(anomaly.pk))

    assert answer.status_code == 403


def test_only_superusers_do_something_about_one(make_staff, client, anomaly):
    client.force_login(make_staff("view_anomaly", "change_anomaly"))

    client.post(page_of(anomaly), {"do": "closed"})

    anomaly.refresh_from_db()
    assert anomaly.state == State.OPEN


def test_each_rule_has_a_policy_that_can_be_changed(admin_client):
    admin_client.get("/admin/ops/anomalypolicy/")
    row = AnomalyPolicy.objects.get(rule=Rule.KEY_NETWORK)
    form = {"is_on": "on", "tell_from": 2, "measure": "block", "measure_from": 3,
            "measure_minutes": 30, "requests_per_minute": 6}  # fmt: skip

    admin_client.post(f"/admin/ops/anomalypolicy/{row.pk}/change/", form)

    row.refresh_from_db()
    assert (AnomalyPolicy.objects.count(), row.measure) == (len(Rule), Measure.BLOCK)


def test_the_api_lists_them_in_words_and_figures(
    admin_user, anomaly, django_assert_max_num_queries
):
    client = APIClient()
    client.force_authenticate(admin_user)

    with django_assert_max_num_queries(6):
        (one,) = client.get("/api/v1/ops/anomalies/?state=open").json()["results"]

    assert (one["id"], one["subject_name"], one["severity"]) == (str(anomaly.uuid), "ann", "medium")
    assert one["figures"]["documents"] == 90
    assert client.get("/api/v1/ops/anomalies/?state=closed").json()["results"] == []


def test_numbers_that_are_none_are_passed_over(admin_client, anomaly):
    blocked = admin_client.post(page_of(anomaly), {"do": "throttle", "minutes": "9" * 20})

    assert blocked.status_code == 302
    assert admin_client.get("/admin/ops/anomaly/²/change/").status_code == 404
