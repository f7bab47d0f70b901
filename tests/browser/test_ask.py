"""The question page in a browser: asking, sources, feedback, and what goes wrong."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.seed import HANDBOOK

E07 = "What does error code E07 mean?"
NOWHERE = "What is the capital of Mongolia?"
ASK = "**/api/v1/ask/"
HOSTILE = "<img src=x onerror=alert(1)> שלום 🦜 " + "W" * 300
CITATION = {
    "n": 1, "chunk": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "page": 1, "heading": HOSTILE,
    "document": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "title": HOSTILE, "path": "a.pdf",
    "version": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "quote": HOSTILE, "start": 0, "end": 5,
    "url": "javascript:alert(1)", "support": "weak", "is_current": False, "version_number": 2,
}  # fmt: skip
TABLE = f"| a | b |\n|---|---|\n| {HOSTILE} | [x](javascript:alert(1)) |"
ANSWER = {
    "answer": f"**{HOSTILE}** [1]\n\n{TABLE}",
    "answered": True, "short_answer": "", "confidence": 0.9, "citations": [CITATION],
    "nearest": [], "engine": "builtin", "degraded": [], "timings_ms": {"total": 12.0},
    "trace": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
}  # fmt: skip


def events(*named):
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in named)


def ask(page, question):
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")


def answered(page, question=E07):
    ask(page, question)
    expect(page.locator(".turn").last.locator(".actions")).to_be_visible()
    return page.locator(".turn").last


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


def test_a_citation_opens_the_source_at_the_words(page_as):
    page = page_as("reader")
    page.goto("/")
    turn = answered(page, "How many unused days of leave are carried over?")

    turn.locator(".cite").first.click()

    frame = page.frame_locator("#panel iframe")
    expect(frame.locator("#cited")).to_be_visible()
    page.locator("#panel-close").press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(turn.locator(".cite").first).to_be_focused()


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


def test_what_was_not_found_in_one_collection_is_searched_in_all(page_as):
    page = page_as("reader")
    page.goto("/")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label(HANDBOOK).check()
    page.keyboard.press("Escape")
    turn = answered(page, E07)

    turn.get_by_role("button", name="Search all collections").click()

    expect(page.locator(".turn").last.locator(".short, .answer").first).to_be_visible()
    expect(page.locator("#chips li")).to_have_count(0)


def test_filters_stay_with_their_conversation(page_as):
    page = page_as("reader")
    page.goto("/")
    answered(page)
    page.get_by_role("button", name="Filters").click()
    with page.expect_response(lambda one: one.request.method == "PATCH") as response:
        page.get_by_label(HANDBOOK).check()
    assert response.value.ok

    page.reload()

    expect(page.locator("#chips li")).to_have_text(HANDBOOK)


def test_a_link_asks_at_once(page_as):
    page = page_as("reader")

    page.goto("/?q=What+does+error+code+E07+mean%3F")

    expect(page.locator(".asked")).to_have_text(E07)
    expect(page.locator(".actions")).to_be_visible()


def test_an_answer_can_be_stopped_and_asked_for_again(page_as):
    page = page_as("reader")
    page.goto("/")
    page.route(ASK, lambda route: None)  # never answered
    ask(page, E07)
    page.locator("#stop").click()
    expect(page.locator(".trouble")).to_contain_text("You stopped this answer")
    page.unroute(ASK)

    page.get_by_role("button", name="Ask again").click()

    expect(page.locator(".actions")).to_be_visible()
    expect(page.locator(".trouble")).to_have_count(0)


def test_a_connection_lost_in_mid_answer_keeps_what_came(page_as):
    page = page_as("reader")
    page.goto("/")
    cut = events(("status", {"stage": "writing"}), ("token", {"text": "The first half"}))
    page.route(ASK, lambda route: route.fulfill(body=cut, content_type="text/event-stream"))

    ask(page, E07)

    expect(page.locator(".answer")).to_have_text("The first half")
    expect(page.locator(".trouble")).to_contain_text("The connection was lost")
    expect(page.get_by_role("button", name="Ask again")).to_be_enabled()


def test_an_overloaded_node_says_when_to_ask_again(page_as):
    page_as.allow("503")
    page = page_as("reader")
    page.goto("/")
    body = {"error": {"code": "overloaded", "message": "All seats are taken.", "details": {}}}
    headers = {"Retry-After": "2"}
    page.route(ASK, lambda route: route.fulfill(status=503, json=body, headers=headers))

    ask(page, E07)

    again = page.get_by_role("button", name="Ask again")
    expect(page.locator(".trouble")).to_contain_text("All seats are taken.")
    expect(again).to_be_disabled()
    expect(again).to_be_enabled()


def test_a_question_outlives_an_expired_session(page_as, site):
    page_as.allow("401")
    page = page_as("reader")
    page.goto("/")
    page.context.clear_cookies()
    ask(page, E07)

    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("User name").fill("reader")
    page.get_by_label("Password").fill(site.passwords["reader"])
    page.get_by_role("button", name="Sign in").click()

    expect(page.locator("#question")).to_have_value(E07)


def test_what_documents_say_is_text(page_as):
    page = page_as("reader", viewport={"width": 360, "height": 740})
    page.goto("/")
    stream = events(("token", {"text": ANSWER["answer"]}), ("done", ANSWER))
    page.route(ASK, lambda route: route.fulfill(body=stream, content_type="text/event-stream"))

    turn = answered(page, f"<b>{HOSTILE}")

    expect(turn.locator(".answer")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(turn.locator("img, b, a[href^=javascript]")).to_have_count(0)
    expect(turn.locator(".answer a")).to_have_count(0)
    expect(turn.locator(".source")).to_contain_text("Old version (2)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


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


def test_firefox_asks_and_shows_the_source_too(firefox_as):
    page = firefox_as("reader")
    page.goto("/")
    turn = answered(page)

    turn.locator(".source-open").first.click()

    expect(page.locator("#panel-title")).to_have_text("Aurora S2 Water Analyser: User Manual")
    expect(page.locator("#panel-wait")).to_be_hidden()


def test_a_narrow_page_covers_the_answer_with_its_source(page_as, axe):
    page = page_as("reader", viewport={"width": 390, "height": 740})
    page.goto("/")
    answered(page).locator(".source-open").first.click()
    expect(page.locator("#panel-close")).to_be_focused()
    assert page.locator("#talk").evaluate("one => one.inert")

    page.keyboard.press("Escape")

    expect(page.locator(".source-open").first).to_be_focused()
    axe(page)


def test_a_link_narrows_to_a_document(page_as, site):
    document = site.django(
        "from apps.knowledge.models import Document;"
        "print(Document.objects.get(path='aurora-s2-manual.pdf').uuid)"
    )
    page = page_as("reader")

    page.goto(f"/?document={document}&collection=nonsense")

    expect(page.locator("#chips li")).to_have_text("Aurora S2 Water Analyser: User Manual")
    page.get_by_role("button", name="Remove the filter").click()
    expect(page.locator("#chips li")).to_have_count(0)


def test_a_document_is_found_by_its_title_and_narrowed_to_by_keyboard(page_as, axe):
    page = page_as("reader")
    page.goto("/")
    page.get_by_role("button", name="Filters").press("Enter")
    page.get_by_label("Document", exact=True).fill("User Man")
    expect(page.get_by_role("option")).to_have_count(1)
    axe(page)

    page.get_by_label("Document", exact=True).press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#chips li")).to_have_text("Aurora S2 Water Analyser: User Manual")


def test_a_question_asked_without_a_connection_is_kept(page_as):
    page_as.allow("ERR_INTERNET_DISCONNECTED")
    page = page_as("reader")
    page.goto("/")
    page.context.set_offline(True)
    ask(page, E07)
    expect(page.locator(".trouble")).to_contain_text("Your question is kept")
    page.context.set_offline(False)

    page.get_by_role("button", name="Ask again").click()

    expect(page.locator(".actions")).to_be_visible()


def test_a_mark_tells_its_source_when_it_has_the_focus(page_as):
    page = page_as("reader")
    page.goto("/")
    turn = answered(page)

    page.keyboard.press("Shift+Tab")
    turn.locator(".cite").first.focus()

    expect(page.locator("#cite-card")).to_contain_text("Clean the chamber")
    page.keyboard.press("Escape")
    expect(page.locator("#cite-card")).to_be_hidden()


def test_the_source_is_made_wider_by_keyboard_and_stays_so(page_as):
    page = page_as("reader")
    page.goto("/")
    turn = answered(page)
    turn.locator(".source-open").first.click()
    edge = page.locator("#panel-edge")

    edge.press("ArrowLeft")

    expect(edge).to_have_attribute("aria-valuenow", "52")
    page.reload()
    expect(edge).to_have_attribute("aria-valuenow", "52")


def test_the_focus_goes_on_when_its_button_goes_away(page_as):
    page = page_as("reader")
    page.goto("/")
    page.locator(".suggestion").first.press("Enter")

    expect(page.locator(".asked")).to_be_focused()
    page.get_by_role("button", name="Answer again").press("Enter")
    expect(page.locator(".asked")).to_be_focused()
