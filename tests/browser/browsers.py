"""Browsers from Debian, and pages in it that tell when something went wrong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.site import Site
from tests.services import program

CHROMIUM, FIREFOX = "chromium", "firefox-esr"
FIREFOX_DRIVER = Path(__file__).with_name("firefox_driver.cjs")
PATIENCE_MS = 20_000  # the machine may be busy; what appears is taken at once
TOO_WIDE = """() => {
  if (document.scrollingElement.scrollWidth <= innerWidth) return [];
  const all = [...document.body.querySelectorAll("*")];
  const wide = all.filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
  return [`${document.scrollingElement.scrollWidth} > ${innerWidth}`,
    ...wide.slice(0, 12).map((one) => one.cloneNode(false).outerHTML.slice(0, 160))];
}"""
SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from apps.accounts.models import User
user = User.objects.get(username={name!r})
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""


@contextmanager
def driver() -> Iterator[Playwright]:
    """Playwright, made fit for Debian's Firefox (firefox_driver.cjs). One at a time."""
    before = os.environ.get("NODE_OPTIONS", "")
    os.environ["NODE_OPTIONS"] = f"{before} --require {FIREFOX_DRIVER}".strip()
    try:
        with sync_playwright() as playwright:
            yield playwright
    finally:
        os.environ["NODE_OPTIONS"] = before


def launch(playwright: Playwright, name: str) -> Browser:
    """Debian's `chromium` or `firefox-esr`, without a window."""
    path = program(name, package=name)
    if name == CHROMIUM:
        return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    return playwright.firefox.launch(executable_path=path, channel="moz-firefox")


def too_wide(page: Page) -> list[str]:
    """What makes the page wider than the screen; empty when nothing does."""
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


class Pages:
    """Opens pages signed in as somebody, each in a browser of its own; notes what went wrong.

    `pages("reader", locale="zh-CN", color_scheme="dark", viewport={...})`: a Playwright page at
    no address yet; addresses may be paths ("/documents/"). Nobody (None) is not signed in.
    """

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser, self._site = browser, site
        self._allowed: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def __call__(self, user: str | None, *, locale: str = "en-US", **context: Any) -> Page:
        """A new page; keyword arguments are Playwright's of a context."""
        made = self._browser.new_context(
            base_url=self._site.base_url,
            **{"locale": locale, "reduced_motion": "reduce"} | context,
        )
        made.set_default_timeout(PATIENCE_MS)
        if user:
            key = self._site.django(SESSION.format(name=user))
            made.add_cookies([{"name": "sessionid", "value": key, "url": self._site.base_url}])
        self.contexts.append(made)
        page = made.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"error: {error.stack or error}"))
        page.on("console", self._hear)
        return page

    def allow(self, *words: str) -> None:
        """Console errors that contain one of these words are expected: `allow("404")`."""
        self._allowed += words

    @property
    def unexpected(self) -> list[str]:
        """What went wrong and was not allowed."""
        return [said for said in self.problems if not any(word in said for word in self._allowed)]

    def close(self) -> None:
        """Close every page."""
        for context in self.contexts:
            context.close()

    def picture(self, folder: Path, name: str) -> None:
        """Screenshots of what is open, for whoever reads the failure."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages, start=1):
            page.screenshot(path=folder / f"{name}-{number}.png")

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            where = (message.location or {}).get("url", "")
            self.problems.append(f"console: {message.text} ({where})")
