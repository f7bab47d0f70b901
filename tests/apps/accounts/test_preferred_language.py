"""Which language a page comes in: the switch, then the user's own, then the browser's."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
TRADITIONAL = {"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.8"}


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    """Without collectstatic there are no hashed names."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def language_of(client: Client) -> str:
    return client.get("/", headers=TRADITIONAL).headers["Content-Language"]


def signed_in(language: str) -> Client:
    client = Client()
    client.force_login(UserFactory(language=language))
    return client


def test_without_a_choice_the_browser_decides():
    assert language_of(signed_in("")) == "zh-hant"


def test_the_users_own_language_comes_before_the_browsers():
    assert language_of(signed_in("zh-hans")) == "zh-hans"


def test_the_switch_on_the_page_comes_before_all():
    client = signed_in("zh-hans")

    client.post(reverse("set_language"), {"language": "en", "next": "/"})

    assert language_of(client) == "en"
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"]


def test_a_language_that_is_no_longer_offered_is_ignored():
    assert language_of(signed_in("tlh")) == "zh-hant"


def test_the_page_names_its_language_and_is_written_in_it():
    page = signed_in("zh-hant").get("/").content.decode()

    assert '<html lang="zh-hant" ' in page
    assert "您想了解什麼？" in page


def test_the_api_refuses_in_the_language_of_the_request_with_the_same_code():
    chinese = Client().get("/api/v1/nothing/", headers=TRADITIONAL).json()["error"]
    english = Client().get("/api/v1/nothing/").json()["error"]

    assert chinese["code"] == english["code"]
    assert chinese["message"] != english["message"]
