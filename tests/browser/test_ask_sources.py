"""The sources of an answer, in a browser."""

from playwright.sync_api import expect

from tests.browser.asking import answered


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


def test_a_narrow_page_covers_the_answer_with_its_source(page_as, axe):
    page = page_as("reader", viewport={"width": 390, "height": 740})
    page.goto("/")
    answered(page).locator(".source-open").first.click()
    expect(page.locator("#panel-close")).to_be_focused()
    assert page.locator("#talk").evaluate("one => one.inert")

    page.keyboard.press("Escape")

    expect(page.locator(".source-open").first).to_be_focused()
    axe(page)
    page.locator(".source-open").first.click()
    page.go_back()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator(".answer")).to_contain_text("Optical window")


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
