"""A node, a browser, and pages signed in (tests/browser/README.md)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browsers import PATIENCE_MS, Pages, chromium
from tests.browser.site import Site
from tests.installation import ROOT
from tests.services import program

FAILURES = ROOT / "build" / "browser-failures"
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker of pytest-xdist takes all of them: they share a node."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember a failure for the picture of it."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without it the tests are skipped, in CI they fail."""
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running node with the samples: `site.base_url`, `.passwords`, `.django(code)`."""
    program("chromium", package="chromium")  # nothing is started in vain
    site = Site(tmp_path_factory.mktemp("node"))
    try:
        site.start()
        site.seed()
        yield site
    finally:
        site.close()


@pytest.fixture
def page_as(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """Opens pages signed in (see Pages). Errors on a page or its console fail the test."""
    pages = Pages(browser, site)
    yield pages
    if request.node.stash.get(FAILED, False) or pages.unexpected:
        pages.picture(FAILURES, re.sub(r"\W+", "-", request.node.name))
    pages.close()
    assert not pages.unexpected, "\n".join(pages.unexpected)
