"""The dashboard in a browser: from a question to its figures, to the request, to the trace."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.asking import answered
from tests.browser.browsers import too_wide

PHONE = {"width": 390, "height": 844}
PAGE = "/admin/dashboard/?range=15m"
SHOWN = """isShown => {
  Object.defineProperty(document, "hidden", { value: !isShown, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def asked(page_as):
    """Somebody has asked something."""
    page = page_as("reader")
    page.goto("/")
    answered(page)


def test_a_span_of_a_chart_leads_to_its_requests_and_on_to_the_trace(page_as, axe, asked):
    page = page_as("admin")
    page.goto(PAGE)
    expect(page.locator("[data-part=answered-more]")).to_contain_text(re.compile(r"^[1-9]"))

    chart = page.locator("[data-part=chart-outcomes] .cb-chart-plot")
    chart.press("End")
    for _ in range(3):  # the question may be of the minute before
        chart.press("ArrowLeft")
    chart.press("Enter")
    axe(page, "#content")
    page.locator("#picked [data-zoom]").click()

    expect(page.locator("[data-part=live]")).to_contain_text("Fixed span")
    page.goto("/admin/dashboard/requests/?range=15m&kind=ask")
    page.get_by_role("link", name="Open", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"/admin/generation/trace/\d+/change/"))


def test_the_dashboard_suits_a_phone_in_the_dark(page_as, axe):
    page = page_as("admin", locale="zh-CN", color_scheme="dark", viewport=PHONE)
    page.goto(PAGE)

    expect(page.locator("[data-part=chart-stages] canvas")).to_be_attached()
    expect(page.locator("[data-part=models] tbody tr").first).to_be_visible()
    axe(page, "#content")
    assert too_wide(page) == []


def test_figures_that_grow_old_say_so_until_they_are_fresh_again(page_as):
    page_as.allow("net::ERR")
    page = page_as("admin")
    page.clock.install()
    page.goto(PAGE)
    page.route("**/dashboard/figures/**", lambda route: route.abort())

    page.clock.run_for(20_000)
    expect(page.locator("[data-part=live]")).to_contain_text("No answer")

    page.unroute("**/dashboard/figures/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-part=live] [data-state]")).to_have_text("Live")


def test_a_hidden_tab_asks_for_nothing_until_it_is_looked_at(page_as):
    page = page_as("admin")
    page.clock.install()
    page.goto(PAGE)
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.evaluate(SHOWN, False)
    page.clock.run_for(60_000)
    expect(page.locator("[data-part=live] [data-state]")).to_have_text("Paused")
    assert [address for address in asked if "figures" in address] == []

    with page.expect_request("**/dashboard/figures/**"):
        page.evaluate(SHOWN, True)
