"""Sources for the browser tests, put into a node's database as its workers would leave them."""

import itertools

from apps.knowledge import blobs, changes
from apps.knowledge.models import (
    Change,
    Chunk,
    Collection,
    Document,
    Grant,
    Page,
    Permission,
    Version,
    VersionState,
)
from ingest import pages
from ingest.loaders.delimited import table_pages
from ingest.loaders.page_builder import PageBuilder
from ingest.loaders.protocol import ParsedPage
from ingest.loaders.registry import loader_for
from tests.browser.papers import pdf_of

SHELF = "Sources for tests"
PAGES = 3000


def address(path: str, words: str) -> str:
    """The address that a citation of the first chunk with these words leads to."""
    chunk = Chunk.objects.filter(
        version__document__path=path, version__state=VersionState.LIVE, text__contains=words
    )[0]
    return _address(chunk.version, chunk.page, chunk.start, chunk.end)


def long_pdf() -> str:
    """A PDF of 3,000 pages, 19 MB; the address of a citation on page 2,500."""
    lines = [
        f"This is page {number} of the long report, code Z{number}."
        for number in range(1, PAGES + 1)
    ]
    data = pdf_of(lines, filling=6000)
    version = _version("long.pdf", "application/pdf", data)
    _store(version, [ParsedPage(number, line) for number, line in enumerate(lines, 1)])
    return _cited(version, 2500, "code Z2500")


def other_words() -> str:
    """A PDF that draws other words than were read from it; the address of a citation of those."""
    version = _version("other.pdf", "application/pdf", pdf_of(["What is drawn on the page."]))
    _store(version, [ParsedPage(1, "Zebras never quote themselves.")])
    return _cited(version, 1, "Zebras never quote")


def long_table() -> str:
    """A table of 20,000 rows; the address of a citation of row 15,000."""
    version = _version("long.csv", "text/csv", b"")
    rows = ([f"item {number}", str(number)] for number in range(1, 20_001))
    _store(version, list(table_pages(PageBuilder(), itertools.chain([["name", "price"]], rows))))
    page = Page.objects.get(version=version, text__contains="| item 15000 ")
    return _cited(version, page.number, "| item 15000 | 15000 |")


def written(title: str, text: str, cited: str) -> str:
    """A Markdown text; the address of a citation of these words in it."""
    version = _version(title, "text/markdown", text.encode())
    with blobs.at_hand(version.content_sha256) as path:
        loaded = loader_for("text/markdown").load(path, "text/markdown", title)
        _store(version, [page for page in loaded if isinstance(page, ParsedPage)])
    return _cited(version, 1, cited)


def forget() -> None:
    """Remove what was added."""
    Document.objects.filter(collection__name=SHELF).delete()
    Collection.objects.filter(name=SHELF).delete()


def _version(title: str, media_type: str, data: bytes) -> Version:
    shelf, is_new = Collection.objects.get_or_create(name=SHELF)
    if is_new:
        Grant.objects.create(collection=shelf, is_everyone=True, permission=Permission.READ)
    document = Document.objects.create(collection=shelf, path=title, title=title)
    with blobs.incoming([data]) as blob:
        blob.keep()
    return Version.objects.create(
        document=document, number=1, content_sha256=blob.sha256, size_bytes=len(data),
        filename=title, media_type=media_type,
    )  # fmt: skip


def _store(version: Version, parsed: list[ParsedPage]) -> None:
    Page.objects.bulk_create(pages.page_rows(version, parsed), batch_size=500)
    version.page_count = len(parsed)
    version.change_seq = changes.record(Change.Kind.PUBLISH, [version.pk])[0]
    version.state = VersionState.LIVE
    version.save()
    version.document.current_version = version.document.latest_version = version
    version.document.save()


def _cited(version: Version, number: int, words: str) -> str:
    page = Page.objects.get(version=version, number=number)
    start = page.start + page.text.index(words)
    return _address(version, number, start, start + len(words))


def _address(version: Version, number: int, start: int, end: int) -> str:
    path = f"/documents/{version.document.uuid}/pages/{number}/"
    return f"{path}?version={version.uuid}&start={start}&end={end}"
