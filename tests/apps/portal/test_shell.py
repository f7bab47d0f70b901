"""What stands around every page."""

import pytest
from django.test import Client

from apps.generation.models import Conversation
from apps.knowledge.models import Grant, Permission, Pin
from apps.portal.shell import RECENT, THEME_COOKIE
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_theme_that_was_chosen_is_kept(browser, theme):
    browser.cookies[THEME_COOKIE] = theme

    assert f'data-theme="{theme}"' in browser.get("/").text


@pytest.mark.parametrize(
    "cookie", ["", "neon", "dark ", "DARK", '"><script>alert(1)</script>', "é"]
)
@pytest.mark.parametrize("address", ["/", "/login/"])
def test_a_theme_that_does_not_exist_is_the_systems(browser, cookie, address):
    client = browser if address == "/" else Client()
    client.cookies[THEME_COOKIE] = cookie

    page = client.get(address)

    assert 'data-theme="auto"' in page.text
    assert "alert(1)" not in page.text


def test_the_side_bar_lists_ones_own_last_conversations(browser, person):
    for number in range(RECENT + 2):
        Conversation.objects.create(user=person, title=f"<b>Mine {number:02}</b>")
    Conversation.objects.create(user=UserFactory(), title="Somebody else's")

    page = browser.get("/").text

    assert page.count("&lt;b&gt;Mine ") >= RECENT
    assert "Mine 00" not in page
    assert "Somebody else" not in page


def test_a_pinned_collection_disappears_with_the_right_to_read_it(browser, person):
    collection = CollectionFactory(name="Salaries", readers=[person])
    Pin.objects.create(user=person, collection=collection)
    assert "Salaries" in browser.get("/").text

    Grant.objects.all().delete()

    assert "Salaries" not in browser.get("/").text


@pytest.mark.parametrize(
    ("permission", "is_offered"), [(Permission.WRITE, False), (Permission.MANAGE, True)]
)
def test_the_desk_is_offered_to_those_who_manage_a_collection(
    browser, person, permission, is_offered
):
    Grant.objects.create(collection=CollectionFactory(), user=person, permission=permission)

    assert ('href="/desk/"' in browser.get("/").text) is is_offered
