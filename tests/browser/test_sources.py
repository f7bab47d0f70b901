"""The source viewer in a browser: the cited words are lit where they stand."""

import re

import pytest
from playwright.sync_api import expect

IMPORT = "from tests.browser.source_rows import *; "
LIT = "#pdf .lit > div"
# Whether a lit rectangle lies over a span of the text layer that begins with these words.
COVERED = """(words) => {
  const boxes = (query) => [...document.querySelectorAll(query)].map((one) => ({
    text: one.children.length ? "" : one.textContent.normalize("NFKC").trim(),
    ...one.getBoundingClientRect().toJSON(),
  }));
  const marks = boxes(".lit > div");
  return boxes(".textLayer span").some(({ text, left, top, width, height }) => {
    const [x, y] = [left + Math.min(width, 20) / 2, top + height / 2];
    const isHere = (one) => one.left <= x && x <= one.right && one.top <= y && y <= one.bottom;
    return text.startsWith(words) && marks.some(isHere);
  });
}"""
ODD = (
    "# שלום <script>alert(1)</script>\n\nשלום עולם 😀👩‍👩‍👧\n\n"
    + "x" * 3000
    + "\n\n| a | b |\n|---|---|\n| <img src=x onerror=alert(1)> | 2 |\n\nLast words."
)


@pytest.fixture(scope="module")
def added(site):
    """Adds a source: `added("long_pdf()")` gives its address. All are removed afterwards."""
    yield lambda code: site.django(f"{IMPORT}print({code})")
    site.django(f"{IMPORT}forget()")


def seen(page, locator):
    """Whether the middle of what is located lies inside the window."""
    box = page.locator(locator).first.bounding_box()
    return 0 < box["y"] + box["height"] / 2 < page.viewport_size["height"]


@pytest.mark.parametrize(
    ("path", "words", "first", "locale"),
    [
        ("annual-report-2025.pdf", "Key figures", "Gross", "en-US"),
        ("员工手册.pdf", "密码", "密码", "zh-CN"),
    ],
)
def test_the_cited_words_of_a_pdf_are_lit(page_as, added, path, words, first, locale):
    page = page_as("reader", locale=locale)
    page.goto(added(f"address({path!r}, {words!r})"))

    expect(page.locator(LIT).first).to_be_visible()

    assert page.evaluate(COVERED, first)
    assert seen(page, LIT)


def test_the_cited_words_are_lit_in_firefox_too(firefox_as, added):
    page = firefox_as("reader")
    page.goto(added("address('annual-report-2025.pdf', 'Key figures')"))

    expect(page.locator(LIT).first).to_be_visible()

    assert page.evaluate(COVERED, "Gross")
    assert seen(page, LIT)


def test_what_is_lit_stays_in_its_place_when_zoomed(page_as, added, axe):
    page = page_as("reader")
    page.goto(added("address('annual-report-2025.pdf', 'Key figures')"))
    expect(page.locator(LIT).first).to_be_visible()
    width = page.locator(".page").first.bounding_box()["width"]

    page.get_by_role("button", name="Smaller").click()
    page.wait_for_function(
        "(before) => document.querySelector('.page').offsetWidth < before", arg=width
    )
    expect(page.locator(".textLayer span").first).to_be_attached()
    expect(page.locator(LIT).first).to_be_visible()

    assert page.evaluate(COVERED, "Gross")
    axe(page, "#source")


def test_words_are_found_in_a_pdf(page_as, added):
    page = page_as("reader")
    page.goto(added("address('annual-report-2025.pdf', 'Key figures')"))
    expect(page.locator(LIT).first).to_be_visible()

    page.keyboard.press("Control+f")
    page.get_by_role("searchbox").fill("profit")
    expect(page.locator("[data-part=matches]")).to_have_text(re.compile(r"^\d+ of \d+$"))
    page.get_by_role("searchbox").fill("zebra")
    expect(page.locator("[data-part=matches]")).to_have_text("Not found")
    page.keyboard.press("Escape")

    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_words_that_cannot_be_lit_are_offered_as_text(page_as, added):
    page = page_as("reader")
    page.goto(added("other_words()"))

    page.get_by_role("link", name="Show them in the text").click()

    expect(page.locator("#cited")).to_have_text("Zebras never quote")


def test_a_pdf_of_3000_pages_opens_at_its_page_without_loading_all(page_as, added):
    page = page_as("reader")
    parts = []
    page.on("response", lambda got: parts.append(got.headers) if got.status == 206 else None)
    page.goto(added("long_pdf()"))

    expect(page.locator(".page[data-page-number='2500'] .lit > div")).to_be_visible()
    loaded = sum(int(headers["content-length"]) for headers in parts)
    assert seen(page, LIT)
    assert 0 < loaded < 8_000_000
    page.get_by_role("spinbutton", name="Page").fill("17")
    page.keyboard.press("Enter")
    expect(page.locator(".page[data-page-number='17'] .textLayer")).to_contain_text("code Z17.")


def test_the_cited_row_of_a_long_table_is_lit_and_more_rows_come(page_as, added, axe):
    page = page_as("reader", color_scheme="dark")
    page.goto(added("long_table()"))
    row = page.locator("tr.cited")

    expect(row).to_contain_text("item 15000")
    expect(row.get_by_role("rowheader")).to_have_text("15000")
    assert seen(page, "tr.cited")
    axe(page, "#source")
    page.locator("[data-scroller]").evaluate("(frame) => frame.scrollTop = frame.scrollHeight")
    expect(page.get_by_role("row", name=re.compile("item 16200 "))).to_be_attached()
    page.locator("[data-scroller]").evaluate("(frame) => frame.scrollTop = 0")
    page.get_by_role("link", name="Rows before").click()
    expect(page.get_by_role("row", name=re.compile("item 13500 "))).to_be_attached()


def test_an_office_document_has_headings_and_its_cited_words_in_sight(page_as, added, axe):
    page = page_as("reader", locale="zh-CN")
    page.goto(added("address('差旅与报销制度.docx', '住宿')"))

    expect(page.locator("#cited")).to_be_visible()
    assert seen(page, "#cited")
    assert page.locator("article h3").count() > 2
    axe(page, "#source")


def test_odd_text_is_shown_as_it_is_and_runs_nothing(page_as, added):
    page = page_as("reader", viewport={"width": 360, "height": 700})
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(added(f"written('<b>odd</b>.md', {ODD!r}, 'Last words.')"))

    expect(page.locator("#cited")).to_have_text("Last words.")
    expect(page.get_by_role("heading", level=1)).to_have_text("<b>odd</b>.md")
    assert seen(page, "#cited")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("article img, article script").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_beside_an_answer_a_pdf_fits_a_narrow_frame(page_as, added, scheme, axe):
    page = page_as("reader", viewport={"width": 360, "height": 640}, color_scheme=scheme)
    page.goto(added("address('员工手册.pdf', '密码')") + "&embedded=1")

    expect(page.locator(LIT).first).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe(page)


def test_without_javascript_the_text_is_shown_with_the_mark(page_as, added):
    page = page_as("reader", java_script_enabled=False)
    page.goto(added("address('annual-report-2025.pdf', 'Key figures')"))

    expect(page.locator("#cited")).to_have_text("Key figures")
    expect(page.locator("#pdf")).to_be_hidden()


def test_a_pdf_that_cannot_be_opened_is_shown_as_text(page_as, added):
    page = page_as("reader")
    page_as.allow("InvalidPDFException", "Invalid PDF structure")
    page.route("**/file/**", lambda route: route.fulfill(status=200, body="not a PDF"))
    page.goto(added("address('annual-report-2025.pdf', 'Key figures')"))

    expect(page.get_by_role("alert")).to_contain_text("cannot be shown here")
    expect(page.locator("#cited")).to_be_visible()
