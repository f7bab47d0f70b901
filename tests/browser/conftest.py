"""A node, a browser, and pages signed in (tests/browser/README.md)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.browsers import CHROMIUM, FIREFOX, PATIENCE_MS, Pages, driver, launch
from tests.browser.site import Site
from tests.installation import ROOT
from tests.services import program

FAILURES = ROOT / "build" / "browser-failures"
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember a failure for the picture of it."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    expect.set_options(timeout=PATIENCE_MS)
    with driver() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium; without it the tests are skipped, in CI they fail."""
    browser = launch(playwright, CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Firefox, likewise."""
    browser = launch(playwright, FIREFOX)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running node with the samples: `site.base_url`, `.passwords`, `.django(code)`."""
    program(CHROMIUM, package=CHROMIUM)  # nothing is started in vain
    site = Site(tmp_path_factory.mktemp("node"))
    try:
        site.start()
        site.seed()
        yield site
    finally:
        site.close()


@pytest.fixture
def page_as(chromium: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """Opens pages signed in (see Pages). Errors on a page or its console fail the test."""
    yield from _pages(chromium, site, request)


@pytest.fixture
def firefox_as(firefox: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """The same in Firefox."""
    yield from _pages(firefox, site, request)


@pytest.fixture
def axe() -> Callable[..., None]:
    """`axe(page)` fails when axe-core finds something serious or critical on it as it is shown."""

    def check(page: Page, within: str | None = None) -> None:
        found = Axe().run(page, context=within).response["violations"]
        grave = [one for one in found if one["impact"] in {"serious", "critical"}]
        assert not grave, f"{page.url}\n" + "\n".join(_finding(one) for one in grave)

    return check


def _pages(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Pages]:
    pages = Pages(browser, site)
    yield pages
    if request.node.stash.get(FAILED, False) or pages.unexpected:
        pages.picture(FAILURES, re.sub(r"\W+", "-", request.node.name))
    pages.close()
    assert not pages.unexpected, "\n".join(pages.unexpected)


def _finding(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:200] for node in violation["nodes"][:5])
    details = violation["nodes"][0]["failureSummary"].replace("\n", " ")
    return f"{violation['id']} ({violation['impact']}): {details} AT {places}"
