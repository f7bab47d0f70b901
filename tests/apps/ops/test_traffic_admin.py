"""The admin page of traffic limits."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from apps.accounts.models import TrafficLimit
from apps.core.traffic.protocols import Limited, Rule
from apps.core.traffic.room import Room
from apps.core.traffic.sqlite_store import SqliteStore
from apps.ops.admin import traffic
from tests.admin_pages import client_of
from tests.apps.core.traffic.stores import TODAY, entry
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST, ADD = "admin:accounts_trafficlimit_changelist", "admin:accounts_trafficlimit_add"


@pytest.fixture
def store(tmp_path, monkeypatch):
    opened = SqliteStore(tmp_path / "traffic.sqlite3", places=2, queue=2)
    monkeypatch.setattr(traffic, "room", lambda: Room(opened))
    return opened


def test_the_list_tells_what_is_used_now(admin_client, store):
    user = UserFactory(username="busy")
    TrafficLimit.objects.create(user=user, requests_per_minute=5)
    rule = Rule(Limited.REQUESTS, f"user:{user.pk}", 5)
    for _ in range(3):
        store.enter(entry(rules=(rule,)), TODAY)

    page = admin_client.get(reverse(LIST)).content.decode()

    assert "busy" in page
    assert "this minute: 3" in page


@pytest.mark.parametrize("chosen", [(), ("user", "group")])
def test_a_limit_is_for_exactly_one(admin_client, chosen):
    ids = {"user": UserFactory().pk, "group": Group.objects.create(name="all").pk}

    page = admin_client.post(reverse(ADD), {name: ids[name] for name in chosen} | {"streams": 1})

    assert "Choose one" in page.content.decode()
    assert not TrafficLimit.objects.exists()


def test_a_limit_is_given_to_a_group(admin_client):
    group = Group.objects.create(name="all")

    admin_client.post(reverse(ADD), {"group": group.pk, "streams": 2})

    assert TrafficLimit.objects.get().streams == 2


def test_staff_without_all_rights_do_not_see_limits(make_staff):
    client = client_of(make_staff("view_trafficlimit", "change_trafficlimit"))

    assert client.get(reverse(LIST)).status_code == 403
