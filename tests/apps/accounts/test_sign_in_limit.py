"""Guessing passwords takes longer and longer."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts import sign_in_limit
from apps.accounts.models import SignInAttempts
from tests.admin_pages import plain_static_files  # noqa: F401
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PAGES = ["/login/", "/admin/login/"]


@pytest.fixture
def person():
    return UserFactory(username="mei", is_staff=True)


def sign_in(page, password, *, name="mei", address="10.0.0.1"):
    form = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post(page, form)


def guess(page, times=sign_in_limit.FREE_FAILURES):
    for number in range(times):
        assert sign_in(page, f"wrong {number}").status_code == 200


def let_time_pass(seconds):
    row = SignInAttempts.objects.get()
    row.last_at -= timedelta(seconds=seconds)
    row.save()


@pytest.mark.parametrize("page", PAGES)
def test_after_some_failures_even_the_right_password_has_to_wait(person, page):
    guess(page)

    refused = sign_in(page, "a-Test-password-1")

    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15
    assert "Try again in" in refused.text


@pytest.mark.parametrize("page", PAGES)
def test_after_the_pause_the_right_password_is_taken_and_all_is_forgotten(person, page):
    guess(page)
    let_time_pass(16)

    assert sign_in(page, "a-Test-password-1").status_code == 302
    assert not SignInAttempts.objects.exists()


def test_the_pause_grows_with_each_failure(person):
    guess("/login/")
    waits = []
    for _ in range(8):
        waits.append(int(sign_in("/login/", "wrong").headers["Retry-After"]))
        let_time_pass(waits[-1])
        sign_in("/login/", "wrong")

    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]


def test_both_pages_count_together(person):
    guess("/admin/login/")

    assert sign_in("/login/", "a-Test-password-1").status_code == 429


def test_others_are_not_held_up(person):
    UserFactory(username="li")
    guess("/login/")

    assert sign_in("/login/", "a-Test-password-1", address="10.0.0.2").status_code == 302
    assert sign_in("/login/", "a-Test-password-1", name="li").status_code == 302


def test_old_failures_are_forgotten(person):
    guess("/login/")
    let_time_pass(sign_in_limit.FORGOTTEN_AFTER.total_seconds() + 1)

    sign_in("/login/", "wrong")

    assert SignInAttempts.objects.get().failures == 1


@pytest.mark.parametrize(("peer", "counted"), [("127.0.0.1", "1.2.3.4"), ("10.0.0.9", "10.0.0.9")])
def test_only_a_trusted_proxy_is_believed_who_guesses(person, peer, counted):
    form = {"username": "mei", "password": "wrong"}

    Client(REMOTE_ADDR=peer).post("/login/", form, headers={"X-Forwarded-For": "6.6.6.6, 1.2.3.4"})

    assert SignInAttempts.objects.get().address == counted
