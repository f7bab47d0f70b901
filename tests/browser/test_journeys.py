"""What goes across the pages: rights, sessions, hostile contents, keyboard, language, theme."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import contents
from tests.browser.browsers import too_wide
from tests.browser.places import QUESTION

SECRET_TEXT = (
    "# Merger\n\nThe acquisition of Brightwater closes on 9 October for 47 million euros.\n"
)
SECRET_QUESTION = "When does the acquisition of Brightwater close?"
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def secret(site):
    made = site.made(
        "collection_make", "Board only", ["curator"], {"Brightwater plan": SECRET_TEXT}
    )
    site.wait_ready()
    asked = site.made("question_ask", "curator", SECRET_QUESTION, made["collection"])
    assert asked["is_answered"]
    return {"document": made["documents"]["Brightwater plan"]} | made | asked


@pytest.fixture(scope="module")
def nasty(site):
    made = site.made(
        "collection_make", contents.NASTY, ["writer"], {contents.NASTY: contents.NASTY_TEXT},
        [contents.SCRIPT, contents.LONG],
    )  # fmt: skip
    site.wait_ready()
    asked = site.made(
        "question_ask", "writer", f"How high is the zebra allowance? {contents.NASTY}"
    )
    return {"document": made["documents"][contents.NASTY]} | made | asked


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox").first
    box.fill(question)
    box.press("Enter")


def test_one_who_may_read_gets_the_answer(page_as, secret):
    page = page_as("curator")
    page.goto("/")
    ask(page, SECRET_QUESTION)

    expect(page.get_by_text("47 million").first).to_be_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/documents/",
        "/documents/?q=Brightwater",
        "/collections/{collection}/",
        "/documents/{document}/",
        "/documents/{document}/pages/1/",
        "/documents/{document}/pages/1/?start=0&end=50&embedded=1",
        "/shared/{share}/",
        "/conversations/",
        "/conversations/{conversation}/",
        "/?collection={collection}",
        "/?document={document}",
        "/desk/",
    ],
)
def test_an_outsider_sees_neither_title_nor_text(page_as, secret, address):
    page = page_as("reader")
    page_as.allow("status of 404", "status of 403")
    page.goto(address.format(**secret))
    page.wait_for_load_state("networkidle")

    assert not re.search("Brightwater plan|acquisition of|47 million|Board only", page.content())


def test_an_outsiders_question_is_not_answered_from_it(page_as, secret):
    page = page_as("reader")
    page.goto("/")
    ask(page, "When does the purchase of that company close?")

    expect(page.get_by_text("Not found in your documents").first).to_be_visible()
    assert not re.search("Brightwater|47 million|Board only", page.content())


def test_an_expired_session_keeps_the_question_and_says_what_to_do(page_as):
    page = page_as("reader")
    page_as.allow("status of 401", "status of 403")
    page.goto("/")
    page.context.clear_cookies(name="sessionid")
    ask(page, QUESTION)

    expect(page.get_by_text(re.compile("signed out")).first).to_be_visible()
    assert QUESTION in page.content()


def test_what_one_person_typed_is_kept_for_nobody_else(page_as, site):
    page = page_as("reader")
    page.goto("/")
    page.locator("#question").fill("Is my salary fair?")
    page.context.clear_cookies(name="sessionid")
    page.goto("/")
    page.get_by_label("User name").fill("writer")
    page.get_by_label("Password").fill(site.passwords["writer"])
    page.get_by_role("button", name="Sign in").click()

    expect(page.locator(".suggestions button").first).to_be_visible()
    expect(page.locator("#question")).to_have_value("")


def test_a_page_of_an_expired_session_leads_back_after_signing_in(page_as, site):
    page = page_as(None)
    page.goto("/documents/?q=leave")
    page.get_by_label("User name").fill("reader")
    page.get_by_label("Password").fill(site.passwords["reader"])
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(re.compile(r"/documents/\?q=leave$"))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?collection={collection}",
        "/documents/",
        "/documents/?q=zebra",
        "/collections/{collection}/",
        "/documents/{document}/",
        "/documents/{document}/pages/1/?start=0&end=90",
        "/conversations/",
        "/conversations/{conversation}/",
        "/shared/{share}/",
    ],
)
def test_hostile_names_and_text_stay_text_and_inside_the_screen(page_as, nasty, address, locale):
    page = page_as("writer", locale=locale, viewport=PHONE)
    page.on("dialog", lambda dialog: page_as.problems.append(f"a script ran: {dialog.message}"))
    page.goto(address.format(**nasty))
    page.wait_for_load_state("networkidle")

    assert page.locator("img[onerror], a[href^=javascript]").count() == 0
    assert too_wide(page) == []


def test_hostile_words_of_a_question_stay_text(page_as, nasty):
    page = page_as("writer", viewport=PHONE)
    page.on("dialog", lambda dialog: page_as.problems.append(f"a script ran: {dialog.message}"))
    page.goto("/")
    ask(page, f"zebra allowance {contents.SCRIPT} {contents.LONG}")
    expect(page.get_by_text("4711").first).to_be_visible()

    assert page.locator("img[onerror]").count() == 0
    assert too_wide(page) == []


def test_hostile_names_stay_text_in_the_administration(page_as, nasty):
    page = page_as("admin")
    page.on("dialog", lambda dialog: page_as.problems.append(f"a script ran: {dialog.message}"))
    for address in ("/admin/", "/admin/knowledge/collection/", "/admin/knowledge/document/"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.locator("img[onerror]").count() == 0


def test_a_question_is_asked_and_its_source_opened_and_closed_with_the_keyboard(page_as):
    page = page_as("reader")
    page.goto("/")
    press_until(page, "Tab", "document.activeElement.matches('textarea')")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".source-open").first).to_be_visible()

    press_until(page, "Tab", "document.activeElement.matches('.source-open, .answer button')")
    page.keyboard.press("Enter")
    expect(page.locator("iframe").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("iframe")).not_to_be_visible()
    assert page.evaluate("document.activeElement.matches('.source-open, .answer button')")


@pytest.mark.parametrize("address", ["/", "/documents/?q=leave", "/conversations/"])
def test_the_language_is_switched_where_one_is(page_as, address):
    page = page_as("reader")
    page.goto(address)
    page.locator(".account summary").click()
    page.get_by_role("button", name="简体").click()

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert page.url.endswith(address)


def test_the_appearance_is_kept_and_there_from_the_first_byte(page_as):
    page = page_as("reader", color_scheme="light")
    page.goto("/")
    page.locator(".account summary").click()
    page.get_by_role("button", name="Dark").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert 'data-theme="dark"' in page.request.get("/documents/").text()


def press_until(page: Page, key: str, condition: str, tries: int = 60) -> None:
    """Press the key until the page says that it is so."""
    for _ in range(tries):
        page.keyboard.press(key)
        if page.evaluate(condition):
            return
    raise AssertionError(f"{key} never led to: {condition}")
