"""Pages load from this site only."""

import pytest
from django.http import HttpResponse

from clawdbot_site.own_hosts import HEADER, POLICY, OwnHosts
from tests.admin_pages import plain_static_files  # noqa: F401


@pytest.mark.parametrize(
    ("given", "policy"),
    [
        (HttpResponse("<p>"), POLICY),
        (HttpResponse("<p>", headers={HEADER: "default-src 'none'"}), "default-src 'none'"),
        (HttpResponse("{}", content_type="application/json"), None),
    ],
)
def test_a_page_without_a_policy_of_its_own_gets_one(rf, given, policy):
    assert OwnHosts(lambda _: given)(rf.get("/")).headers.get(HEADER) == policy


@pytest.mark.django_db
def test_pages_of_the_administration_let_nothing_out(admin_client):
    told = admin_client.get("/admin/").headers[HEADER]

    assert "default-src 'self'" in told
    assert "http" not in told
