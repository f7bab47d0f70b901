"""The question page in a browser: asking, feedback, sharing, the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.asking import E07, answered

ASK = "**/api/v1/ask/"
NOWHERE = "What is the capital of Mongolia?"


@pytest.mark.parametrize(
    ("locale", "question", "words"),
    [("en-US", E07, "Optical window dirty"), ("zh-CN", "上海的住宿标准是多少？", "700元")],
)
def test_a_question_is_answered_and_gets_an_address(page_as, locale, question, words):
    page = page_as("reader", locale=locale)
    page.goto("/")

    turn = answered(page, question)

    expect(turn.locator(".short, .answer").filter(has_text=words).first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/conversations/[0-9a-f-]{36}/$"))
    expect(page.locator("#recent a").first).to_have_text(question)
    page.reload()
    expect(page.locator(".turn .source")).not_to_have_count(0)
    expect(page.locator(".asked")).to_have_text(question)


def test_a_suggested_question_is_asked_with_one_click(page_as):
    page = page_as("reader")
    page.goto("/")
    suggestion = page.locator(".suggestion").first
    question = suggestion.inner_text()

    suggestion.click()

    expect(page.locator(".asked")).to_have_text(question)
    expect(page.locator(".actions")).to_be_visible()


def test_a_follow_up_stays_in_the_conversation(page_as):
    page = page_as("reader")
    page.goto("/")
    answered(page)
    address = page.url

    answered(page, "And what about E12?")

    assert page.url == address
    expect(page.locator(".turn")).to_have_count(2)


def test_an_answer_is_given_again_in_place_of_the_old_one(page_as):
    page = page_as("reader")
    page.goto("/")
    turn = answered(page)

    with page.expect_request(ASK) as request:
        turn.get_by_role("button", name="Answer again").click()

    assert request.value.post_data_json["replaces"]
    expect(turn.locator(".actions")).to_be_visible()
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)


def test_it_tells_how_an_answer_was_found(page_as):
    page = page_as("reader")
    page.goto("/")
    turn = answered(page)

    turn.get_by_role("button", name="How was this found?").click()

    expect(turn.locator(".trace")).to_contain_text("by words: place")
    expect(turn.locator(".trace")).to_contain_text("passages were weighed")


def test_thumbs_down_take_a_reason(page_as):
    page = page_as("reader")
    page.goto("/")
    turn = answered(page)
    turn.get_by_role("button", name="Not helpful").click()
    turn.get_by_text("It is out of date").click()
    turn.get_by_label("The correct answer").fill("Clean it twice")

    with page.expect_response("**/api/v1/feedback/") as response:
        turn.get_by_role("button", name="Send").click()

    assert response.value.status == 201
    page.reload()
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")


def test_a_link_to_an_answer_is_given_and_withdrawn(page_as):
    page = page_as("reader")
    page.goto("/")
    turn = answered(page)

    turn.get_by_role("button", name="Share").click()
    link = turn.get_by_label("Link to this answer").input_value()
    page.request.get(link)
    turn.get_by_role("button", name="Withdraw the link").click()

    expect(turn.locator(".share")).to_have_count(0)
    assert page.request.get(link).status == 404


def test_not_found_is_told_and_the_curator_hears_of_it(page_as, axe):
    page = page_as("reader")
    page.goto("/")
    turn = answered(page, NOWHERE)
    expect(turn.locator(".missing")).to_contain_text("Not found in your documents")
    axe(page)
    turn.get_by_role("button", name="Tell the curator").click()
    turn.locator("[name=note]").fill("It is for the quiz")

    turn.get_by_role("button", name="Send to the curator").click()

    expect(turn.locator(".reported")).to_be_visible()
    page.reload()
    expect(page.locator(".reported")).to_be_visible()


def test_an_open_conversation_is_renamed_and_deleted(page_as):
    page = page_as("reader")
    page.goto("/")
    answered(page)

    page.get_by_label("This conversation").click()
    page.get_by_role("button", name="Rename", exact=True).click()
    page.locator("#talk-naming").get_by_label("Title").fill("Codes of errors")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#recent [aria-current]")).to_have_text("Codes of errors")
    page.get_by_label("This conversation").click()
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete").click()

    expect(page.locator("#recent")).not_to_contain_text("Codes of errors")


def test_a_link_asks_at_once(page_as):
    page = page_as("reader")

    page.goto("/?q=What+does+error+code+E07+mean%3F")

    expect(page.locator(".asked")).to_have_text(E07)
    expect(page.locator(".actions")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_easy_to_use_for_all(page_as, axe, scheme):
    page = page_as("reader", color_scheme=scheme)
    page.goto("/")
    axe(page)
    turn = answered(page)
    turn.get_by_role("button", name="How was this found?").click()
    expect(turn.locator(".times")).to_be_visible()
    turn.get_by_role("button", name="Not helpful").click()
    expect(turn.locator(".feedback")).to_be_visible()

    axe(page)


def test_enter_chooses_characters_while_they_are_composed(page_as):
    page = page_as("reader")
    page.goto("/")
    page.locator("#question").fill("年假")

    page.locator("#question").dispatch_event("keydown", {"key": "Enter", "isComposing": True})

    expect(page.locator(".turn")).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()


def test_the_focus_goes_on_when_its_button_goes_away(page_as):
    page = page_as("reader")
    page.goto("/")
    page.locator(".suggestion").first.press("Enter")

    expect(page.locator(".asked")).to_be_focused()
    page.get_by_role("button", name="Answer again").press("Enter")
    expect(page.locator(".asked")).to_be_focused()
