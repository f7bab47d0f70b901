"""Users and keys that are slowed down or suspended, until a time or until it is lifted."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.api_keys import api_key_authenticate, api_key_create
from apps.accounts.models import Restriction
from apps.accounts.restrictions import restriction_create, restriction_lift
from apps.core import clock
from apps.core.errors import Conflict, Forbidden, Overloaded
from tests.admin_pages import plain_static_files  # noqa: F401
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SUSPEND, THROTTLE = Restriction.Kind.SUSPEND, Restriction.Kind.THROTTLE
OPENED = "/api/v1/documents/"


@pytest.fixture
def person():
    return UserFactory(username="ann")


@pytest.fixture
def browser(person):
    browser = Client()
    browser.force_login(person)
    return browser


def test_a_suspended_person_is_nobody_at_once_and_somebody_again_when_it_is_lifted(person, browser):
    row = restriction_create(subject=person, kind=SUSPEND)

    assert browser.get(OPENED).status_code == 401
    restriction_lift(row, by=None)
    assert browser.get(OPENED).status_code == 200


def test_a_suspended_person_is_told_why_they_cannot_sign_in(person):
    restriction_create(subject=person, kind=SUSPEND)

    answer = Client().post("/login/", {"username": "ann", "password": "a-Test-password-1"})

    assert "Access is suspended" in answer.content.decode()


def test_a_suspension_ends_by_itself(person, browser):
    restriction_create(subject=person, kind=SUSPEND, until=clock.now() - timedelta(seconds=1))

    assert browser.get(OPENED).status_code == 200


def test_keys_of_a_suspended_person_are_suspended_too(person):
    _key, secret = api_key_create(user=person, name="script")
    restriction_create(subject=person, kind=SUSPEND)

    with pytest.raises(Forbidden, match="suspended"):
        api_key_authenticate(secret)


def test_a_slowed_down_person_opens_so_many_documents_a_minute(person, browser, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    restriction_create(subject=person, kind=THROTTLE, requests_per_minute=2,
                       until=now + timedelta(hours=1))  # fmt: skip

    answers = [browser.get(OPENED) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "throttled"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert browser.get("/healthz").status_code == 200


def test_a_slowed_down_key_is_counted_by_itself(person):
    (key, slowed), (_other, free) = (api_key_create(user=person, name=n) for n in "ab")
    restriction_create(subject=key, kind=THROTTLE, requests_per_minute=1)
    api_key_authenticate(slowed)

    with pytest.raises(Overloaded):
        [api_key_authenticate(slowed) for _ in range(2)]  # a minute may end between two of them
    assert api_key_authenticate(free).user == person


def test_the_last_administrator_cannot_be_suspended():
    first, second = (UserFactory(is_staff=True, is_superuser=True) for _ in range(2))
    restriction_create(subject=first, kind=SUSPEND)

    with pytest.raises(Conflict):
        restriction_create(subject=second, kind=SUSPEND)


def test_nobody_else_pays_for_the_look(person, django_assert_num_queries):
    _key, secret = api_key_create(user=person, name="script")
    api_key_authenticate(secret)

    with django_assert_num_queries(1):
        api_key_authenticate(secret)
