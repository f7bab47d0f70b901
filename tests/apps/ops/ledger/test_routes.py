"""What addresses mean to the ledger is said of addresses that there are."""

import pytest
from django.urls import URLPattern, get_resolver

from apps.ops.erasing.people import user_data_delete
from apps.ops.ledger.routes import MEANINGS, NOWHERE
from apps.ops.models import RequestRecord
from tests.apps.ops.ledger.entries import entry, write
from tests.factories import UserFactory


def routes(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern.url_patterns, route)


def test_every_address_of_the_table_exists():
    there = {route.replace("^", "") for route in routes(get_resolver().url_patterns)}

    assert {route.replace("^", "") for route in (*MEANINGS, *NOWHERE)} - there == set()


@pytest.mark.django_db
def test_rows_of_a_person_whose_data_are_deleted_say_no_longer_whose_they_were():
    user, other = UserFactory.create_batch(2)
    write(
        entry(user_id=user.pk, network="10.0.0.0/24"),
        entry(user_id=other.pk, network="10.0.1.0/24"),
    )

    receipt = user_data_delete(user=user, by=user)

    assert receipt.counts["requests"] == 1
    rows = RequestRecord.objects.order_by("id").values_list("user_id", "network")
    assert list(rows) == [(None, ""), (other.pk, "10.0.1.0/24")]
