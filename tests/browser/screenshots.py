"""`make screenshots`: each main page in four variants, for people to look at and for the README.

They go to build/screenshots; the README's to docs/images. Words after the command choose pictures.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.browsers import CHROMIUM, PATIENCE_MS, Pages, driver, launch
from tests.browser.papers import pdf_of
from tests.browser.places import names_of
from tests.browser.site import Site
from tests.installation import ROOT

ALL, CHOSEN = ROOT / "build" / "screenshots", ROOT / "docs" / "images"
MAX_BYTES = 250_000  # of a picture in the README
DESK, PHONE = {"width": 1360, "height": 850}, {"width": 390, "height": 844}
VARIANTS: dict[str, dict[str, Any]] = {
    "en-light": {"locale": "en-US", "color_scheme": "light", "viewport": DESK},
    "zh-light": {"locale": "zh-CN", "color_scheme": "light", "viewport": DESK},
    "en-dark": {"locale": "en-US", "color_scheme": "dark", "viewport": DESK},
    "zh-dark-phone": {
        "locale": "zh-CN", "color_scheme": "dark", "viewport": PHONE,
        "is_mobile": True, "has_touch": True,
    },
}  # fmt: skip
WORDS = {
    "en": {"question": "What does error code E07 mean?", "missing": "Where may I park my boat?"},
    "zh": {"question": "上海的住宿标准是多少？", "missing": "公司的游艇停在哪里？"},
}
OPEN_QUESTIONS = [
    "Where may I park my boat?",
    "May I bring my dog to the office?",
    "Are dogs allowed in the office on Fridays?",
    "公司有没有员工食堂？",
]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: who sees what, and what is done first."""

    name: str
    user: str | None
    address: str
    prepare: Callable[[Page], None] = lambda page: None
    readme: str = ""  # the variant that goes to the README


def main(wanted: Sequence[str]) -> None:
    """Take the pictures whose names contain one of the words; all without words."""
    expect.set_options(timeout=PATIENCE_MS)
    ALL.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            site.start()
            site.seed()
            with driver() as playwright:
                take(site, Pages(launch(playwright, CHROMIUM), site), wanted)
        finally:
            site.close()


def take(site: Site, pages: Pages, wanted: Sequence[str]) -> None:
    """Every wanted shot in every variant; what could not be taken is told."""
    pages.allow("status of 415")  # the file that cannot be read
    names = names_of(site)
    site.django("from apps.ops.models import FirstVisit; FirstVisit.objects.all().delete()")
    site.made("widget_make", names["collection"], site.base_url)
    for question in OPEN_QUESTIONS:
        site.made("question_ask", "writer", question, names["collection"])
    for variant, context in VARIANTS.items():
        uploads = site.made("collection_make", OFFICE[variant], [], {})
        site.made("first_collection_take", uploads["collection"])
        told = names | WORDS[variant[:2]] | {"uploads": uploads["collection"]}
        for shot in SHOTS:
            name = f"{shot.name}-{variant}"
            if not wanted or any(word in name for word in wanted):
                picture(pages, shot, variant, context, told)
    for problem in pages.unexpected:
        print("problem:", problem)


def picture(
    pages: Pages, shot: Shot, variant: str, context: dict[str, Any], told: dict[str, Any]
) -> None:
    """One picture."""
    page = pages(shot.user, **context)
    path = ALL / f"{shot.name}-{variant}.png"
    try:
        page.goto(shot.address.format(**told))
        shot.prepare(page)
        page.wait_for_load_state("networkidle")
    except Exception as error:  # noqa: BLE001  the others are to be taken all the same
        print(f"{path.name}: {error}")
    page.screenshot(path=path)
    page.context.close()
    pages.contexts.clear()
    if shot.readme == variant:
        CHOSEN.mkdir(parents=True, exist_ok=True)
        (CHOSEN / f"{shot.name}.png").write_bytes(path.read_bytes())
        if path.stat().st_size > MAX_BYTES:
            print(f"{path.name}: {path.stat().st_size} bytes are too many for the README")


def answered(page: Page) -> None:
    """Wait for the answer's sources."""
    expect(page.locator(".source-open").first).to_be_visible()


def source_opened(page: Page) -> None:
    """Open the first source beside the answer."""
    answered(page)
    page.locator(".source-open").first.click()
    frame = page.frame_locator("iframe").first
    expect(frame.locator("mark, .lit > div, .lit").first).to_be_attached()


def not_found(page: Page) -> None:
    """Wait for what came closest."""
    expect(page.locator(".missing")).to_be_visible()


def lit(page: Page) -> None:
    """Wait for the highlight on a PDF's page."""
    expect(page.locator(".lit > div").first).to_be_visible()


def uploaded(page: Page) -> None:
    """Send four files, one of which cannot be read."""
    note = b"# Canteen\n\nThe canteen opens at 11:30 and closes at 14:00.\n"
    page.locator("#files").set_input_files([
        {"name": "canteen.md", "mimeType": "text/markdown", "buffer": note},
        {"name": "parking.pdf", "mimeType": "application/pdf", "buffer": pdf_of(["Parking"] * 12)},
        {"name": "员工食堂.txt", "mimeType": "text/plain", "buffer": "食堂十一点半开门。".encode()},
        {"name": "keys.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x00\x01" * 99},
    ])  # fmt: skip
    expect(page.locator("[data-phase=ready]")).to_have_count(3)
    expect(page.get_by_role("row")).to_have_count(4)  # with the head of the table


OFFICE = {  # a collection for the uploads of each variant
    "en-light": "Office rules", "zh-light": "行政制度",
    "en-dark": "House rules", "zh-dark-phone": "后勤制度",
}  # fmt: skip
SHOTS = (
    Shot("sign-in", None, "/login/"),
    Shot("ask", "curator", "/"),
    Shot("answer-source", "reader", "/?q={question}", source_opened, readme="en-light"),
    Shot("answer", "writer", "/?q={question}", answered),
    Shot("not-found", "reader", "/?q={missing}", not_found, readme="en-light"),
    Shot("conversation", "curator", "/conversations/{conversation}/", answered),
    Shot("conversations", "curator", "/conversations/"),
    Shot("shared", "reader", "/shared/{share}/"),
    Shot("documents", "curator", "/documents/"),
    Shot("found", "curator", "/documents/?q=handbook"),
    Shot("collection", "curator", "/collections/{collection}/"),
    Shot("upload", "admin", "/collections/{uploads}/", uploaded, readme="en-light"),
    Shot("document", "curator", "/documents/{handbook}/"),
    Shot("source-text", "reader", "/documents/{handbook}/pages/1/?start=0&end=60"),
    Shot("source-grid", "reader", "/documents/{sheet}/pages/1/", readme="en-light"),
    Shot("source-pdf", "reader", "/documents/{pdf}/pages/1/?start=40&end=200", lit),
    Shot("desk", "curator", "/desk/", readme="en-light"),
    Shot("desk-new-answer", "curator", "/desk/answers/new/"),
    Shot("desk-golden", "curator", "/desk/golden/"),
    Shot("welcome", "admin", "/welcome/language/", readme="en-light"),
    Shot("welcome-machine", "admin", "/welcome/machine/"),
    Shot("welcome-engine", "admin", "/welcome/engine/"),
    Shot("welcome-limits", "admin", "/welcome/limits/"),
    Shot("welcome-upload", "admin", "/welcome/upload/"),
    Shot("welcome-people", "admin", "/welcome/people/"),
    Shot("admin-home", "admin", "/admin/", readme="en-light"),
    Shot("dashboard", "admin", "/admin/dashboard/?range=15m"),
    Shot("requests", "admin", "/admin/dashboard/requests/?range=15m"),
    Shot("admin-collection", "admin", "/admin/knowledge/collection/{collection_key}/change/"),
    Shot("admin-document", "admin", "/admin/knowledge/document/{document_key}/change/"),
    Shot("try-retrieval", "admin", "/admin/try-retrieval/?q={question}", readme="en-light"),
    Shot("widget", "admin", "/widget/preview/{collection}/"),
)

if __name__ == "__main__":
    main(sys.argv[1:])
