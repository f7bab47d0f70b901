"""Cutting a page's text at the edges of its chunks."""

from apps.knowledge.spans import Piece, Span, cut


def test_the_pieces_join_to_the_text_again():
    pieces = cut("abcdefghij", start=100, spans=[Span(1, 102, 105), Span(2, 104, 108)])

    assert "".join(piece.text for piece in pieces) == "abcdefghij"


def test_each_piece_knows_the_spans_it_lies_in():
    pieces = cut("abcdefghij", start=100, spans=[Span(1, 102, 105), Span(2, 104, 108)])

    assert pieces == [
        Piece("ab", ()),
        Piece("cd", (1,)),
        Piece("e", (1, 2)),
        Piece("fgh", (2,)),
        Piece("ij", ()),
    ]


def test_a_span_that_began_on_the_page_before_is_cut_at_the_edge():
    pieces = cut("abcdef", start=50, spans=[Span(7, 40, 53), Span(8, 55, 90)])

    assert pieces == [Piece("abc", (7,)), Piece("de", ()), Piece("f", (8,))]


def test_spans_of_other_pages_leave_the_text_whole():
    assert cut("abc", start=10, spans=[Span(1, 0, 10), Span(2, 13, 20)]) == [Piece("abc", ())]


def test_an_empty_text_has_no_pieces():
    assert cut("", start=0, spans=[Span(1, 0, 5)]) == []
