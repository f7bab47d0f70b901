"""How heavy the portal's pages are and how soon they show, in Chromium, first visit and second.

Kilobytes (10^3) are what crosses the wire, headers included, without pdf.js and the document that
it shows. `paint` is the first contentful paint after the address was opened. Each visit is
repeated; the median counts.
"""

import secrets
import shutil
import statistics
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks import report
from benchmarks.client import Client
from benchmarks.installation import Installation, running

VISITS = 5
LOAD_S = 300.0
MAX_KB, MAX_PAINT_MS = 300, 1000
LEFT_OUT = ("/vendor/pdfjs", "/file/")  # pdf.js, and the document that it shows
SAMPLE = report.REPOSITORY / "samples" / "handbook"
QUESTION = "How many unused days of leave are carried over?"
PASSWORD = secrets.token_urlsafe(16)
SIGN_UP = f"""
from apps.accounts.models import ApiKey
user = ApiKey.objects.get(name="benchmark").user
user.set_password({PASSWORD!r})
user.save()
print(user.username)
"""
PAINTED = """() => new Promise((resolve) => {
  new PerformanceObserver((list, observer) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) { observer.disconnect(); resolve(paint.startTime); }
  }).observe({ type: "paint", buffered: true });
})"""


@dataclass  # without slots: Playwright leaves a mark on whatever listens
class Visit:
    """What one opening of a page took."""

    sizes: dict[str, float] = field(default_factory=dict)  # bytes by request
    addresses: dict[str, str] = field(default_factory=dict)
    paint_ms: float = 0.0

    @property
    def kb(self) -> float:
        """Everything that was fetched, but what is left out."""
        return sum(size for name, size in self.sizes.items() if self._counts(name)) / 1000

    def _counts(self, name: str) -> bool:
        return not any(part in self.addresses[name] for part in LEFT_OUT)

    def listen(self, session: CDPSession) -> None:
        """Note every request's size on the wire; nothing for what the cache gave."""
        session.on("Network.requestWillBeSent", self._on_request)
        session.on("Network.loadingFinished", self._on_finished)
        session.send("Network.enable")

    def _on_request(self, event: Mapping[str, str | dict[str, str]]) -> None:
        self.addresses[str(event["requestId"])] = str(event["request"]["url"])  # type: ignore[index]

    def _on_finished(self, event: Mapping[str, float]) -> None:
        if event["encodedDataLength"]:
            self.sizes[str(event["requestId"])] = event["encodedDataLength"]


def main() -> int:
    """Measure on an installation of its own; returns the exit code."""
    options = report.arguments(__doc__).parse_args()
    machine = report.machine()
    with running() as installation, installation.client() as client:
        addresses = _prepared(client)
        report.say("measuring")
        with _chromium() as browser:
            user = installation.run("manage.py", "shell", "-v", "0", "-c", SIGN_UP).split()[-1]
            signed_in = _signed_in(browser, installation, user)
            figures: dict[str, float] = {}
            for name, address in addresses.items():
                state = None if name == "login" else signed_in
                figures |= _measured(browser, installation.address + address, name, state)
    goals = {f"{name}_first_kb": ("<=", MAX_KB) for name in addresses}
    goals |= {f"{name}_first_paint_ms": ("<=", MAX_PAINT_MS) for name in addresses}
    outcome = report.Report("portal", figures, goals, machine)  # type: ignore[arg-type]
    return report.finish(outcome, as_json=options.json)


def _prepared(client: Client) -> dict[str, str]:
    """Documents and a conversation to look at; the main pages by name."""
    collection = client.collection("Handbook")
    files = sorted(path for path in SAMPLE.iterdir() if path.suffix in {".docx", ".pdf"})
    client.upload(collection, files)
    client.wait_until_searchable(collection, len(files), timeout_s=LOAD_S)
    ids = {one["path"].rpartition(".")[2]: one["id"] for one in client.documents(collection)}
    return {
        "login": "/login/",
        "ask": "/",
        "conversation": f"/conversations/{client.conversation(QUESTION, collection)}/",
        "history": "/conversations/",
        "documents": "/documents/",
        "collection": f"/collections/{collection}/",
        "document": f"/documents/{ids['docx']}/",
        "source_text": f"/documents/{ids['docx']}/pages/1/",
        "source_pdf": f"/documents/{ids['pdf']}/pages/1/",
        "desk": "/desk/",
    }


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def _signed_in(browser: Browser, installation: Installation, user: str) -> object:
    """Cookies of the user's session."""
    with _fresh(browser, None) as context:
        page = context.new_page()
        page.goto(f"{installation.address}/login/")
        page.fill("[name=username]", user)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/login/" not in address)
        return context.storage_state()


def _measured(browser: Browser, address: str, name: str, state: object) -> dict[str, float]:
    first, second = [], []
    for _ in range(VISITS):
        with _fresh(browser, state) as context:
            first.append(_visited(context, address))
            second.append(_visited(context, address))
    return {
        f"{name}_first_kb": round(statistics.median(one.kb for one in first), 1),
        f"{name}_first_paint_ms": round(statistics.median(one.paint_ms for one in first)),
        f"{name}_first_requests": statistics.median(len(one.sizes) for one in first),
        f"{name}_second_kb": round(statistics.median(one.kb for one in second), 1),
        f"{name}_second_paint_ms": round(statistics.median(one.paint_ms for one in second)),
    }


@contextmanager
def _fresh(browser: Browser, state: object) -> Iterator[BrowserContext]:
    """A browser that has never been here; `state`: but signed in."""
    context = browser.new_context(locale="en-US", storage_state=state)  # type: ignore[arg-type]
    yield context
    context.close()


def _visited(context: BrowserContext, address: str) -> Visit:
    page: Page = context.new_page()
    visit = Visit()
    visit.listen(context.new_cdp_session(page))
    response = page.goto(address, wait_until="networkidle")
    if response is None or not response.ok or page.url != address:
        raise RuntimeError(f"{address} answered {response and response.status} at {page.url}")
    visit.paint_ms = float(page.evaluate(PAINTED))
    page.close()
    return visit


if __name__ == "__main__":
    sys.exit(main())
