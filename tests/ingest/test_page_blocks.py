"""The stored blocks of pages."""

import pytest

from apps.knowledge.models import Page
from ingest import pages
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import Block, BlockKind
from ingest.page_blocks import blocks_of, packed
from tests.factories import VersionFactory

PIECES = [
    Piece(BlockKind.HEADING, "Travel", 2),
    Piece(BlockKind.TEXT, "Hotels cost 180 euros."),
    Piece(BlockKind.TABLE, rows=[["City", "Limit"], ["Bonn", "120"]]),
    Piece(BlockKind.TABLE, rows=[["a", "b"]], has_header=False),
    Piece(BlockKind.LIST, "- one\n- two"),
    Piece(BlockKind.CODE, "x = 1"),
]


def built():
    builder = PageBuilder()
    for piece in PIECES:
        builder.add(piece)
    return builder.page()


@pytest.mark.django_db
def test_a_stored_version_keeps_the_blocks_of_its_pages():
    version = VersionFactory(published=False)
    parsed = built()

    pages.store(version, [parsed], title="Travel")

    stored = blocks_of(Page.objects.get(version=version))
    assert [(b.kind, b.start, b.end) for b in stored] == [
        (b.kind, b.start, b.end) for b in parsed.blocks
    ]
    assert stored[0].level == 2


def test_a_table_keeps_whether_its_first_row_is_a_header():
    levels = [stored[3] for stored in packed(built().blocks) if stored[0] == 2]

    assert levels == [1, 0]


@pytest.mark.parametrize(
    "stored",
    [[[0, 0, 99, 1]], [[1, 3, 2, 0]], [[9, 0, 1, 0]], [["text", 0, 1, 0]], [[1, 0]], [3],
     [[1, 0, 3, 0], [1, 2, 4, 0]]],
)  # fmt: skip
def test_blocks_that_do_not_fit_the_text_are_left_out(stored):
    assert blocks_of(Page(text="abcd", blocks=stored)) == []


def test_blocks_are_read_as_they_were_packed():
    block = Block(BlockKind.CODE, 0, 4)

    assert blocks_of(Page(text="abcd", blocks=packed([block]))) == [block]
