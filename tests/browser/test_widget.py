"""The widget on pages of another origin: a tiny server on another port."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.browser.site import Site

QUESTION = "How many unused days of leave are carried over?"
WIDGET = """
from apps.accounts.models import User
from apps.knowledge.models import Collection, Grant, Permission, Widget
handbook = Collection.objects.get(name__startswith="Employee handbook")
visitor, _ = User.objects.get_or_create(username="intranet-visitor")
Grant.objects.get_or_create(collection=handbook, user=visitor, permission=Permission.READ)
Widget.objects.update_or_create(collection=handbook, defaults=dict(
    acts_as=visitor, origins=[{origin!r}], title="Ask HR", greeting="Hello from HR!"))
print(handbook.uuid)
"""
PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>Intranet</title><h1>Intranet</h1><button>Canteen</button>
<script src="{site}/widget.js" data-collection="{collection}" defer></script></html>"""
POLICY = (
    "default-src 'none'; img-src 'self'; script-src {site}; connect-src {site}; frame-src {site}"
)


class Intranet(ThreadingHTTPServer):
    """Serves one page under a strict policy of its own."""

    daemon_threads = True
    page = policy = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Intranet

    def do_GET(self) -> None:
        is_page = self.path == "/"
        self.send_response(200 if is_page else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(self.server.page.encode() if is_page else b"")

    def log_message(self, *_: object) -> None:
        """Silent."""


def served(page: str, policy: str) -> Intranet:
    server = Intranet(("127.0.0.1", 0), Answer)
    server.page, server.policy = page, policy
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def intranet(site: Site) -> Iterator[Intranet]:
    """A page that may show the widget."""
    server = served("", POLICY.format(site=site.base_url))
    collection = site.django(WIDGET.format(origin=server.origin))
    server.page = PAGE.format(site=site.base_url, collection=collection)
    yield server
    server.shutdown()
    site.django("from apps.knowledge.models import Widget; Widget.objects.all().delete()")


@pytest.fixture
def elsewhere(intranet: Intranet) -> Iterator[Intranet]:
    """The same page on an origin that nobody allowed."""
    server = served(intranet.page, intranet.policy)
    yield server
    server.shutdown()


def opened(page: Page, server: Intranet) -> FrameLocator:
    """The panel, ready for a question."""
    page.goto(server.origin)
    page.get_by_role("button", name="Ask a question").click()
    panel = page.frame_locator("#clawdbot-widget iframe")
    expect(panel.get_by_role("heading", name="Ask HR")).to_be_visible()
    return panel


def ask(panel: FrameLocator, question: str = QUESTION) -> None:
    panel.get_by_role("textbox", name="Question").fill(question)
    panel.get_by_role("button", name="Ask", exact=True).click()


def first(answer: Callable[[Route], None]) -> Callable[[Route], None]:
    """`answer` for the first request. (`times=1` ends all interception, and with it what flies.)"""
    answers = iter([answer])

    def answered(route: Route) -> None:
        next(answers, Route.continue_)(route)

    return answered


def test_a_visitor_asks_and_sees_the_quote(page_as, intranet, site):
    panel = opened(page_as(None), intranet)
    expect(panel.get_by_text("Hello from HR!")).to_be_visible()
    ask(panel)
    panel.locator("button.cite").first.click()

    source = panel.locator("details[open]").first
    expect(source.locator(".widget-quote")).not_to_be_empty()
    link = source.get_by_role("link", name="Open the document")
    assert link.evaluate("one => one.href").startswith(f"{site.base_url}/documents/")
    panel.get_by_role("button", name="Helpful", exact=True).click()
    expect(panel.get_by_text("Thank you.")).to_be_visible()


def test_a_visitor_asks_in_firefox(firefox_as, intranet):
    page = firefox_as(None, locale="zh-CN")
    page.goto(intranet.origin)
    page.evaluate("ClawdbotWidget.open()")
    panel = page.frame_locator("#clawdbot-widget iframe")
    panel.locator("#question").fill("年休假最多可以结转几天？")
    panel.locator("#question").press("Enter")

    expect(panel.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(panel.locator("button.cite").first).to_be_visible()


def test_a_suggested_question_is_asked(page_as, intranet):
    panel = opened(page_as(None), intranet)

    panel.get_by_role("button", name=QUESTION).click()

    expect(panel.locator(".cite").first).to_be_visible()


def test_a_page_that_is_not_allowed_says_so_and_shows_nothing(page_as, elsewhere):
    page_as.allow("blocked by CORS", "ERR_FAILED")
    page = page_as(None)
    page.goto(elsewhere.origin)
    page.get_by_role("button", name="Ask a question").click()

    expect(page.get_by_role("dialog")).to_contain_text("This page may not show the assistant.")
    assert page.locator("#clawdbot-widget iframe").count() == 0
    assert "HR" not in page.get_by_role("dialog").inner_text()


def test_no_other_page_frames_the_panel(page_as, elsewhere, intranet, site):
    page_as.allow("frame-ancestors")
    page = page_as(None)
    page.goto(elsewhere.origin)
    collection = page.locator("script").get_attribute("data-collection")
    address = f"{site.base_url}/widget/?collection={collection}&origin={intranet.origin}"
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.evaluate(
            "src => document.body.append(Object.assign(document.createElement('iframe'), { src }))",
            address,
        )


def test_the_keyboard_opens_and_closes_it(page_as, intranet):
    page = page_as(None)
    page.goto(intranet.origin)
    bubble = page.get_by_role("button", name="Ask a question")
    bubble.press("Enter")
    box = page.frame_locator("#clawdbot-widget iframe").get_by_role("textbox", name="Question")
    expect(box).to_be_focused()
    expect(bubble).to_have_attribute("aria-expanded", "true")

    box.press("Escape")

    expect(bubble).to_be_focused()
    expect(bubble).to_have_attribute("aria-expanded", "false")


def test_a_token_that_has_ended_is_renewed_unseen(page_as, intranet):
    page_as.allow("401")
    page = page_as(None)
    panel = opened(page, intranet)
    ended = {"error": {"code": "unauthenticated", "message": "ended", "details": {}}}
    page.route("**/api/v1/ask/", first(lambda route: route.fulfill(status=401, json=ended)))
    with page.expect_response("**/api/v1/widget/token/") as renewed:
        ask(panel)

    assert renewed.value.ok
    expect(panel.locator(".cite").first).to_be_visible()


def test_a_lost_connection_keeps_the_question(page_as, intranet):
    page_as.allow("ERR_FAILED")
    page = page_as(None)
    panel = opened(page, intranet)
    page.route("**/api/v1/ask/", first(lambda route: route.abort()))
    ask(panel)
    expect(panel.get_by_role("alert")).to_contain_text("There is no connection")

    panel.get_by_role("button", name="Try again").click()

    expect(panel.locator(".cite").first).to_be_visible()
    expect(panel.locator(".widget-turn")).to_have_count(1)


def test_a_new_conversation_begins_empty(page_as, intranet):
    panel = opened(page_as(None), intranet)
    ask(panel)
    expect(panel.locator(".cite").first).to_be_visible()

    panel.get_by_role("button", name="New conversation").click()

    expect(panel.locator(".widget-turn")).to_have_count(0)
    expect(panel.get_by_text("Hello from HR!")).to_be_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_on_a_phone_it_fills_the_screen_for_everybody(page_as, intranet, axe, color_scheme):
    page = page_as(None, viewport={"width": 360, "height": 640}, color_scheme=color_scheme)
    intranet_page, intranet.page = (
        intranet.page,
        intranet.page.replace("defer", 'data-theme="auto" defer'),
    )
    panel = opened(page, intranet)
    intranet.page = intranet_page
    ask(panel)
    panel.locator("button.cite").first.click()

    assert page.locator("#clawdbot-widget iframe").bounding_box() == {
        "x": 0, "y": 0, "width": 360, "height": 640,
    }  # fmt: skip
    axe(page.frames[1])
