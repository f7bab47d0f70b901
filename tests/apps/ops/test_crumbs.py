"""The header of admin pages: where a page stands, as the sidebar says it."""

import re

import pytest

from apps.ops.reports.spending import own_cost
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def crumbs_of(page):
    return re.findall(r'class="cb-crumb[^>]*>([^<]*)<', page.content.decode())


@pytest.mark.parametrize(
    ("address", "crumbs"),
    [
        ("ops/anomaly/", ["System", "Anomalies"]),
        ("auth/group/", ["Access", "Groups"]),
        ("generation/trace/", ["Answers", "Questions"]),
        ("ops/pricerow/", ["System", "Monthly reports", "Cloud prices"]),
        ("ops/owncost/1/change/", ["System", "Monthly reports", "Own costs"]),
    ],
)
def test_a_page_stands_where_the_sidebar_has_it(admin_client, address, crumbs):
    own_cost()

    assert crumbs_of(admin_client.get(f"/admin/{address}")) == crumbs


def test_what_somebody_named_stays_as_it_was_written(admin_client):
    user = UserFactory(username="lina")

    page = admin_client.get(f"/admin/accounts/user/{user.pk}/change/")

    assert crumbs_of(page) == ["Access", "Users", "lina"]
