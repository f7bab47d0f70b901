"""What a question is narrowed to, in a browser."""

from playwright.sync_api import expect

from tests.browser.asking import E07, answered
from tests.browser.seed import HANDBOOK


def test_what_was_not_found_in_one_collection_is_searched_in_all(page_as):
    page = page_as("reader")
    page.goto("/")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label(HANDBOOK).check()
    page.keyboard.press("Escape")
    turn = answered(page, E07)

    turn.get_by_role("button", name="Search all collections").click()

    expect(page.locator(".turn").last.locator(".answer")).to_be_visible()
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
