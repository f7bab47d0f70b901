"""The administrator's pages in a browser: home, collection, document beside chunks, retrieval."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import too_wide

LANGUAGES = {
    "en-US": {"search": "How many days of annual leave?", "mark": "leave"},
    "zh-CN": {"search": "年休假有几天？", "mark": "年休假"},
}
PHONE = {"width": 390, "height": 844}
KEY = """
from apps.knowledge.models import {model}
print({model}.objects.get({field}={value!r}).pk)
"""


@pytest.fixture(scope="module")
def document(site):
    """Where the admin has the English handbook."""
    key = site.django(KEY.format(model="Document", field="path", value="employee-handbook.docx"))
    return f"/admin/knowledge/document/{key}"


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_home_shows_the_health_and_leads_on(page_as, axe, locale, theme):
    page = page_as("admin", locale=locale, color_scheme=theme, viewport=PHONE)
    page.goto("/admin/")

    expect(page.locator(".cb-checks li")).to_have_count(10)
    expect(page.locator('.cb-checks [data-tone="bad"]')).to_have_count(0)
    axe(page, "#content")
    assert too_wide(page) == []

    page.locator(".cb-table a").first.click()
    expect(page).to_have_url(re.compile(r"/admin/knowledge/collection/\d+/change/"))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_retrieval_shows_both_legs_and_marks_the_words(page_as, axe, locale):
    asked = LANGUAGES[locale]
    page = page_as("admin", locale=locale, viewport=PHONE)
    page.goto("/admin/try-retrieval/")

    page.fill("#id_q", asked["search"])
    page.locator("button[name=answer]").click()

    expect(page.locator(".cb-hit").first).to_contain_text(asked["mark"])
    expect(page.locator(".cb-hit mark").first).to_be_visible()
    expect(page.locator(".cb-legs section")).to_have_count(2)
    expect(page.locator("#answer .cb-answer")).not_to_be_empty()
    axe(page, "#content")
    assert too_wide(page) == []


def test_a_hit_leads_to_its_chunk_with_the_span_lit(page_as):
    page = page_as("admin")
    page.goto("/admin/try-retrieval/?q=childcare+leave")

    page.locator(".cb-hit a").first.click()

    expect(page.locator(".cb-chunk.cb-selected")).to_be_visible()
    source = page.frame_locator(".cb-frame")
    expect(source.locator("mark").first).to_be_visible()


def test_another_chunk_lights_another_span(page_as, document):
    page = page_as("admin")
    page.goto(f"{document}/text/?page=1")
    chunk = page.locator(".cb-chunk").nth(2)
    start = chunk.get_attribute("data-start")

    chunk.locator("[data-select]").click()

    expect(chunk.locator("[data-select]")).to_have_attribute("aria-pressed", "true")
    expect(page.frame_locator(".cb-frame").locator("mark").first).to_be_visible()
    assert any(f"start={start}" in frame.url for frame in page.frames)


def test_a_chunk_is_kept_out_of_search_and_let_in_again(page_as, document):
    page = page_as("admin")
    page.goto(f"{document}/text/?page=1")

    page.locator(".cb-chunk").first.get_by_role("button", name="Keep out of search").click()
    expect(page.locator(".cb-chunk").first).to_have_class(re.compile("cb-off"))
    page.locator(".cb-chunk").first.get_by_role("button", name="Let it be found again").click()

    expect(page.locator(".cb-chunk").first).not_to_have_class(re.compile("cb-off"))


def test_metadata_is_edited_in_rows(page_as, document):
    page = page_as("admin")
    page.goto(f"{document}/change/")

    page.get_by_role("button", name="Add a row").click()
    page.get_by_label("Key", exact=True).last.fill("department")
    page.get_by_label("Value", exact=True).last.fill("HR")
    page.get_by_role("button", name="Save and continue editing").click()

    expect(page.locator(".cb-pair input").first).to_have_value("department")


def test_the_pages_of_collections_and_sources_suit_a_phone(page_as, axe, site):
    page = page_as("admin", viewport=PHONE, locale="zh-CN")
    page.goto("/admin/sources/")
    expect(page.locator(".cb-table").first).to_be_visible()
    axe(page, "#content")
    assert too_wide(page) == []

    page.locator("h2 a").first.click()

    expect(page.locator(".cb-status-bar").first).to_be_visible()
    assert too_wide(page) == []
