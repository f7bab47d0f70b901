"""A page's text as HTML with the cited words marked."""

import pytest

from apps.knowledge.models import Page
from apps.portal.sources.passages import Marker
from apps.portal.sources.prose import page_html
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind
from ingest.page_blocks import packed


def page_of(*pieces):
    builder = PageBuilder()
    for piece in pieces:
        builder.add(piece)
    parsed = builder.page()
    return Page(number=1, start=0, text=parsed.text, blocks=packed(parsed.blocks))


def shown(page, cited=""):
    start = page.text.find(cited)
    return page_html(page, Marker(page.text, range(start, start + len(cited))))


def test_headings_stand_below_the_title_of_the_document():
    html = shown(page_of(Piece(BlockKind.HEADING, "Travel", 1), Piece(BlockKind.HEADING, "x", 6)))

    assert html == '<h2 dir="auto">Travel</h2><h6 dir="auto">x</h6>'


def test_a_mark_goes_on_from_block_to_block_and_the_first_is_the_anchor():
    page = page_of(Piece(BlockKind.HEADING, "Travel", 1), Piece(BlockKind.TEXT, "By train."))

    html = shown(page, cited=page.text)

    assert '<mark id="cited">Travel</mark>' in html
    assert "<mark>By train.</mark>" in html
    assert html.count("id=") == 1


def test_a_table_has_a_header_and_marked_cells():
    page = page_of(Piece(BlockKind.TABLE, rows=[["City", "Limit"], ["Bonn", "1,200.50"]]))

    html = shown(page, cited="Bonn | 1,200")

    assert '<th scope="col" dir="auto">City</th>' in html
    assert '<td dir="auto"><mark id="cited">Bonn</mark></td>' in html
    assert '<td class="number"><mark>1,200</mark>.50</td>' in html
    assert "---" not in html


def test_a_table_without_names_of_columns_has_no_header():
    html = shown(page_of(Piece(BlockKind.TABLE, rows=[["a", "b"]], has_header=False)))

    assert "<thead>" not in html
    assert '<td dir="auto">a</td><td dir="auto">b</td>' in html


def test_items_of_a_list_lose_their_bullets_and_keep_their_numbers():
    html = shown(page_of(Piece(BlockKind.LIST, "- one\n  goes on\n  - two\n3. three")))

    assert '<li class="bullet depth-0" dir="auto">one\n  goes on</li>' in html
    assert '<li class="bullet depth-1" dir="auto">two</li>' in html
    assert '<li class="numbered depth-0" dir="auto">3. three</li>' in html


def test_the_head_of_a_mail_is_a_list_of_facts():
    html = shown(page_of(Piece(BlockKind.LIST, "From: a@b.example\nDate: Mon, 10:30")), "a@b")

    assert '<dt dir="auto">From</dt><dd dir="auto"><mark id="cited">a@b</mark>.example</dd>' in html
    assert '<dd dir="auto">Mon, 10:30</dd>' in html


def test_code_keeps_its_lines():
    html = shown(page_of(Piece(BlockKind.CODE, "if a < b:\n    go()")))

    assert html == '<pre dir="ltr"><code>if a &lt; b:\n    go()</code></pre>'


def test_a_text_without_blocks_is_parted_by_blank_lines_and_tables():
    text = "One.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n\nTwo\nlines."

    html = shown(Page(text=text), cited="Two")

    assert html.startswith('<p dir="auto">One.</p><div class="table-frame"')
    assert html.endswith('<p dir="auto"><mark id="cited">Two</mark>\nlines.</p>')


@pytest.mark.parametrize("text", ["a{}b", "a|b\n{}|x", "a|b\n---{}|x"])
def test_a_desert_of_blanks_is_crossed_at_once(text):
    assert shown(Page(text=text.format(" " * 500_000)))


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "\u202eevil\u202c שלום 😀",
        "x" * 5000,
        "{{ 7|add:1 }}",
        "&amp;",
    ],
)
@pytest.mark.parametrize("kind", [kind for kind in BlockKind if kind is not BlockKind.TABLE])
def test_text_stays_text(text, kind):
    html = shown(page_of(Piece(kind, text)), cited=text[2:4])

    assert "<img" not in html
    assert text[2:4].replace("&", "&amp;") in html


@pytest.mark.parametrize(
    "text", ["|", "| --- |", "a | b\n---|---", "||\n|-|\n||", "| a\\|b |\n|---|\n|c|"]
)
def test_odd_tables_do_no_harm(text):
    assert shown(Page(text=text, blocks=[[2, 0, len(text), 1]]))
