"""The header of admin pages: where a page stands, as the sidebar says it."""

import re

import pytest

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
    ],
)
def test_a_list_is_called_as_in_the_sidebar(admin_client, address, crumbs):
    assert crumbs_of(admin_client.get(f"/admin/{address}")) == crumbs


def test_what_somebody_named_stays_as_it_was_written(admin_client):
    user = UserFactory(username="lina")

    page = admin_client.get(f"/admin/accounts/user/{user.pk}/change/")

    assert crumbs_of(page) == ["Access", "Users", "lina"]
