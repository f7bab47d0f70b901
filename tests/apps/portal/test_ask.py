"""The question page, as the server hands it out."""

from uuid import uuid4

import pytest

from apps.generation.conversations import conversation_create
from apps.knowledge.pins import pin_set
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_the_page_begins_empty(browser):
    page = browser.get("/").text

    assert 'data-state="start"' in page
    assert 'data-conversation=""' in page


def test_only_readable_collections_can_be_chosen(browser, person):
    readable = CollectionFactory(name="<Handbook>", readers=[person])
    secret = CollectionFactory(name="Secret")

    page = browser.get("/").text

    assert f'value="{readable.uuid}"' in page
    assert "&lt;Handbook&gt;" in page
    assert str(secret.uuid) not in page


def test_pinned_collections_come_first_and_are_offered_beside_the_box(browser, person):
    CollectionFactory(name="Annual report", readers=[person])
    pinned = CollectionFactory(name="Travel", readers=[person])
    pin_set(user=person, collection=pinned, is_pinned=True)

    page = browser.get("/").text

    assert f'class="chip" data-collection="{pinned.uuid}"' in page
    choices = page.index('id="filter-collections"')
    assert page.index("Travel", choices) < page.index("Annual report", choices)


def test_somebody_else_s_pins_do_not_show(browser, person):
    collection = CollectionFactory(readers=[person])
    pin_set(user=UserFactory(is_superuser=True), collection=collection, is_pinned=True)

    assert 'id="box-pinned"' not in browser.get("/").text


def test_who_may_read_nothing_is_told_so(browser):
    page = browser.get("/").text

    assert "No collection is open to you yet" in page


def test_a_conversation_of_one_s_own_opens_the_same_page(browser, person):
    conversation = conversation_create(by=person, title="<Hotels>")

    page = browser.get(f"/conversations/{conversation.uuid}/").text

    assert f'data-conversation="{conversation.uuid}"' in page
    assert "<title>&lt;Hotels&gt; · Clawdbot</title>" in page
    assert 'data-state="loading"' in page


def test_a_conversation_of_somebody_else_is_not_found(browser):
    foreign = conversation_create(by=UserFactory(), title="Wages")

    response = browser.get(f"/conversations/{foreign.uuid}/")

    assert response.status_code == 404
    assert "Wages" not in response.text
    assert browser.get(f"/conversations/{uuid4()}/").status_code == 404


def test_a_stranger_comes_back_to_the_question_after_signing_in(client):
    response = client.get("/", {"q": "hotel limit"})

    assert response.headers["Location"] == "/login/?next=/%3Fq%3Dhotel%2Blimit"


@pytest.mark.parametrize("collections", [1, 6])
def test_more_collections_take_no_more_queries(
    browser, person, django_assert_max_num_queries, collections
):
    CollectionFactory.create_batch(collections, readers=[person])

    with django_assert_max_num_queries(9):
        browser.get("/")


def test_the_scripts_are_fetched_at_once(browser):
    page = browser.get("/").text

    for name in ("ask/ask.js", "ask/turn.js", "api.js"):
        assert f'<link rel="modulepreload" href="/static/portal/{name}">' in page


def test_every_reason_can_be_given(browser):
    page = browser.get("/").text

    for reason in ("wrong", "incomplete", "outdated", "source", "other"):
        assert f'name="reason" value="{reason}"' in page
