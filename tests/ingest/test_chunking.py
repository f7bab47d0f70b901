"""Chunks: exact spans, whole sentences, headings and table headers in the context."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import sentences
from ingest.chunking import SLACK, chunk_pages
from ingest.chunking_units import count_tokens
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, ParsedPage

WORDS = st.sampled_from(
    [
        "The invoice is due in May.",
        "他在北京工作。",
        "No. 7 costs $3.50!",
        "word",
        "利润",
        "x" * 90,
        "And so, on,",
    ]
)
PIECES = st.one_of(
    st.builds(Piece, st.just(BlockKind.HEADING), WORDS, st.integers(1, 4)),
    st.builds(Piece, st.sampled_from([BlockKind.TEXT, BlockKind.LIST, BlockKind.CODE]),
              st.lists(WORDS, min_size=1, max_size=30).map(" ".join)),
    st.builds(Piece, st.just(BlockKind.TABLE), rows=st.lists(st.lists(WORDS, min_size=2, max_size=3), max_size=20)),  # noqa: E501
)  # fmt: skip


def page_of(pieces: list[Piece], number: int = 1) -> ParsedPage:
    builder = PageBuilder(number)
    for piece in pieces:
        builder.add(piece)
    return builder.page() or ParsedPage(number, "")


def text_piece(text: str) -> Piece:
    return Piece(BlockKind.TEXT, text)


def chunks_of(*pieces: Piece, title: str = "Title", target_tokens: int = 60):
    return list(chunk_pages([page_of(list(pieces))], title=title, target_tokens=target_tokens))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=8), max_size=4), st.integers(32, 250))
def test_chunks_are_exact_ordered_and_cover_all_visible_text(documents, target):
    pages = [page_of(pieces, number) for number, pieces in enumerate(documents, start=1)]
    version = "\f".join(page.text for page in pages)

    chunks = list(chunk_pages(pages, title="T", target_tokens=target))

    at = 0
    for ordinal, chunk in enumerate(chunks):
        assert chunk.ordinal == ordinal
        assert chunk.text == version[chunk.start : chunk.end]
        assert chunk.start >= at
        assert not version[at : chunk.start].strip()
        at = chunk.end
    assert not version[at:].strip()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=40).map(" ".join), min_size=1, max_size=5))
def test_no_sentence_that_fits_is_cut(paragraphs):
    page = page_of([text_piece(paragraph) for paragraph in paragraphs])
    edges = {
        edge
        for chunk in chunk_pages([page], title="T", target_tokens=60)
        for edge in (chunk.start, chunk.end)
    }

    for block in page.blocks:
        for start, end in sentences.split(page.text, block.start, block.end):
            if count_tokens(page.text[start:end]) <= 60 / 2:
                assert not any(start < edge < end for edge in edges)


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, max_size=12), st.integers(40, 250))
def test_no_chunk_is_much_larger_than_wanted(pieces, target):
    chunks = chunk_pages([page_of(pieces)], title="T", target_tokens=target)

    assert all(count_tokens(chunk.text) <= target * (SLACK + 1 / 3) for chunk in chunks)


def test_a_paragraph_a_little_too_long_stays_whole():
    paragraph = " ".join(["word"] * 65) + "."

    chunks = chunks_of(text_piece(paragraph))

    assert [chunk.text for chunk in chunks] == [paragraph]


def test_short_paragraphs_under_one_heading_share_a_chunk():
    chunks = chunks_of(
        Piece(BlockKind.HEADING, "Leave", 1), text_piece("Short one."), text_piece("Another.")
    )

    assert [chunk.text for chunk in chunks] == ["Leave\n\nShort one.\n\nAnother."]


def test_the_context_names_the_headings_that_the_text_does_not_show():
    body = " ".join(["Some words stand here."] * 30)

    chunks = chunks_of(
        Piece(BlockKind.HEADING, "Leave", 1),
        Piece(BlockKind.HEADING, "Sick days", 2),
        text_piece(body),
    )

    assert len(chunks) > 1
    assert chunks[0].context == "Title"
    assert {chunk.context for chunk in chunks[1:]} == {"Title\nLeave > Sick days"}
    assert {chunk.heading for chunk in chunks} == {"Leave > Sick days"}


def test_a_long_table_is_cut_between_rows_and_its_header_repeated():
    rows = [["name", "value"], *([f"item {number}", str(number)] for number in range(60))]

    first, *others = chunks_of(Piece(BlockKind.TABLE, rows=rows))

    assert first.text.startswith("| name | value |")
    assert all(chunk.text.startswith("| item") and chunk.text.endswith(" |") for chunk in others)
    assert all(chunk.context == "Title\n| name | value |\n| --- | --- |" for chunk in others)


def test_a_table_that_fits_is_one_chunk():
    rows = [["name", "value"], *([f"item {number}", "x"] for number in range(4))]

    assert len(chunks_of(Piece(BlockKind.TABLE, rows=rows))) == 1


def test_a_sentence_over_a_page_break_belongs_to_the_page_where_it_begins():
    pages = [
        page_of([text_piece("It starts here and")], 1),
        page_of([text_piece("ends there. Next one.")], 2),
    ]

    first, second = chunk_pages(pages, title="T", target_tokens=200)

    assert (first.page, first.text) == (1, "It starts here and\fends there.")
    assert (second.page, second.text) == (2, "Next one.")


def test_the_heading_path_goes_on_over_pages():
    pages = [
        page_of([Piece(BlockKind.HEADING, "Leave", 1), text_piece("A sentence.")], 1),
        page_of([text_piece("Another sentence.")], 2),
    ]

    _, second = chunk_pages(pages, title="T", target_tokens=200)

    assert second.context == "T\nLeave"


def test_a_list_item_keeps_the_lines_that_belong_to_it():
    items = "\n".join(
        f"- item {number}\n  it has a longer explanation with it" for number in range(20)
    )

    chunks = chunks_of(Piece(BlockKind.LIST, items))

    assert all(chunk.text.startswith("- item") for chunk in chunks)
