"""Spreadsheets as grids."""

import pytest

from apps.knowledge.models import Page
from ingest import pages
from ingest.loaders.delimited import table_pages
from ingest.loaders.page_builder import PageBuilder
from tests.factories import CollectionFactory, VersionFactory

pytestmark = pytest.mark.django_db
ROWS = 3000


@pytest.fixture
def table(person):
    """A CSV file of several pages."""
    version = VersionFactory(
        document__collection=CollectionFactory(readers=[person]), media_type="text/csv"
    )
    rows = iter([["name", "price"], *([f"item {n}", str(n * 10)] for n in range(1, ROWS + 1))])
    parsed = list(table_pages(PageBuilder(), rows))
    Page.objects.bulk_create(pages.page_rows(version, parsed))
    version.page_count = len(parsed)
    version.save()
    return version


def get(browser, version, number, **query):
    return browser.get(f"/documents/{version.document.uuid}/pages/{number}/", query)


def test_the_cited_row_is_lit_with_its_number(browser, table):
    page = Page.objects.get(version=table, number=2)
    start = page.start + page.text.index("| item 1500 ")

    html = get(browser, table, 2, start=start, end=start + 20).text

    assert '<tr class="cited" id="cited"><th scope="row">1500</th><td dir="auto">' in html
    assert html.count('class="cited"') == 1


def test_a_long_table_comes_in_parts_that_join(browser, table):
    html = get(browser, table, 2).text

    assert '<th scope="col" dir="auto">name</th>' in html
    assert "/pages/1/leaf/" in html
    assert "/pages/3/leaf/" in html
    assert len(html) < 1_000_000


def test_the_next_rows_carry_no_header(browser, table):
    address = f"/documents/{table.document.uuid}/pages/3/leaf/"

    part = browser.get(address).text

    assert part.strip().startswith("<tbody><tr><th")
    assert "<thead" not in part
    assert "price" not in part


def test_every_row_is_there_once(browser, table):
    count = table.page_count
    parts = [
        browser.get(f"/documents/{table.document.uuid}/pages/{n}/leaf/").text
        for n in range(1, count + 1)
    ]

    numbers = [int(part.split("</th>")[0]) for text in parts for part in text.split('"row">')[1:]]

    assert numbers == list(range(1, ROWS + 1))


def test_sheets_are_tabs_and_their_tables_do_not_join(browser, person):
    version = VersionFactory(
        document__collection=CollectionFactory(readers=[person]),
        media_type="application/vnd.ms-excel",
        page_count=2,
    )
    text = "| a | b |\n| --- | --- |\n| 1 | 2 |"
    for number, label in enumerate(["Price <list>", "Stock"], 1):
        Page.objects.create(version=version, number=number, label=label, start=number, text=text)

    html = get(browser, version, 1).text

    assert 'aria-current="page">Price &lt;list&gt;</a>' in html
    assert ">Stock</a>" in html
    assert "leaf/" not in html
