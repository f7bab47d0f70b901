"""The main journey in Firefox, in both languages."""

import pytest
from playwright.sync_api import expect

QUESTIONS = {
    "en-US": ("What does error code E07 mean?", "Optical window dirty"),
    "zh-CN": ("上海的住宿标准是多少？", "700元"),
}


@pytest.mark.parametrize("locale", QUESTIONS)
def test_a_question_is_answered_and_its_source_opened(firefox_as, locale):
    question, answer = QUESTIONS[locale]
    page = firefox_as("reader", locale=locale)
    page.goto("/")
    page.get_by_role("textbox").first.fill(question)
    page.keyboard.press("Enter")
    expect(page.get_by_text(answer).first).to_be_visible()

    page.locator(".source-open").first.click()
    marked = page.frame_locator("iframe").first.locator("mark, .lit > div")
    expect(marked.first).to_be_visible()


def test_a_file_is_uploaded_and_found(firefox_as, site):
    made = site.made("collection_make", "Firefox post room", ["writer"], {})
    page = firefox_as("admin")
    page.goto(f"/collections/{made['collection']}/")
    note = {"name": "post.txt", "mimeType": "text/plain", "buffer": b"Parcels leave at noon."}
    page.locator("#files").set_input_files([note])

    expect(page.locator("[data-phase=ready]")).to_have_count(1)
