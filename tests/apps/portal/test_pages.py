"""The portal's pages."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from apps.knowledge.models import Page
from apps.portal.sources.passages import Span, span_on
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


def page_of(browser, passage, **span):
    version = passage.version
    return browser.get(f"/documents/{version.document.uuid}/pages/1/", span)


def test_a_stranger_is_sent_to_sign_in_and_comes_back(person):
    client = Client()
    response = client.get("/")
    assert response.headers["Location"] == "/login/?next=/"

    form = {"username": person.username, "password": "a-Test-password-1", "next": "/"}
    response = client.post("/login/", form)

    assert response.headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_signing_in_never_leads_to_another_site(person):
    form = {"username": person.username, "password": "a-Test-password-1"}

    response = Client().post("/login/", form | {"next": "https://evil.example/"})

    assert response.headers["Location"] == "/"


def test_signing_out_takes_a_post(browser):
    assert browser.get("/logout/").status_code == 405
    assert browser.post("/logout/").headers["Location"] == "/login/"
    assert browser.get("/").status_code == 302


def test_the_ask_page_offers_the_readable_collections(browser, person):
    readable = CollectionFactory(name="<Handbook>", readers=[person])
    secret = CollectionFactory(name="Secret")

    page = browser.get("/").text

    assert str(readable.uuid) in page
    assert "&lt;Handbook&gt;" in page
    assert str(secret.uuid) not in page


@pytest.mark.parametrize("address", ["/", "/login/"])
def test_no_page_runs_or_loads_anything_from_elsewhere(browser, address):
    client = Client() if address == "/login/" else browser

    response = client.get(address)

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\ssrc=\"/)|\son\w+=|style=|//cdn", response.text)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_language_is_switched_and_kept(browser, language):
    browser.post("/i18n/setlang/", {"language": language, "next": "/"})

    assert f'<html lang="{language}"' in browser.get("/").text


def test_a_cited_span_is_marked_and_text_stays_text(browser, passage):
    start = passage.text.index("Hotels")

    page = page_of(browser, passage, start=start, end=start + 23).text

    assert '<mark id="cited">Hotels cost 180 euros. </mark>&amp; more' in page
    assert "<script>alert" not in page


def test_a_page_without_a_span_marks_nothing(browser, passage):
    assert "<mark" not in page_of(browser, passage).text


@pytest.mark.parametrize("span", [{"start": "x"}, {"version": "7"}, {"start": -1, "end": 2}])
def test_a_span_that_makes_no_sense_is_not_found(browser, passage, span):
    assert page_of(browser, passage, **span).status_code == 404


def test_an_unreadable_page_and_an_unknown_one_look_the_same(passage):
    outsider = Client()
    outsider.force_login(UserFactory())
    unreadable = page_of(outsider, passage)
    unknown = outsider.get(f"/documents/{uuid4()}/pages/1/")

    assert unreadable.status_code == unknown.status_code == 404
    assert "180" not in unreadable.text


def test_pages_lead_to_their_neighbours(browser, passage):
    for number in (2, 4):
        Page.objects.create(version=passage.version, number=number, start=100, text="more")

    page = browser.get(f"/documents/{passage.version.document.uuid}/pages/2/").text

    assert "/pages/1/?" in page
    assert "/pages/4/?" in page


@pytest.mark.parametrize(
    ("start", "end", "cited"),
    [(10, 12, "ab"), (0, 11, "a"), (12, 99, "cd"), (0, 5, ""), (50, 60, ""), (12, 11, ""),
     (None, 11, "")],
)  # fmt: skip
def test_a_span_is_cut_to_the_page(start, end, cited):
    page = Page(number=2, start=10, text="abcd")

    on = span_on(page, None if start is None else Span(start, end))

    assert page.text[on.start : on.stop] == cited


def test_an_unknown_address_has_a_page_that_leads_back(browser):
    response = browser.get("/nothing/")

    assert response.status_code == 404
    assert 'href="/"' in response.text
