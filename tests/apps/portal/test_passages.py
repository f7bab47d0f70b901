"""Passages found in the text of a collection."""

from apps.portal.browse.passages import shown
from apps.portal.templatetags.highlighting import cells_apart
from apps.retrieval.protocols import Hit


def test_an_excerpt_of_a_table_begins_and_ends_with_words():
    text = "| 185 | profit | | 7 |\n"
    ids = dict.fromkeys(("chunk", "document", "version", "collection"))
    texts = dict.fromkeys(("title", "path", "heading", "context"), "")
    hit = Hit(
        chunk_id=1, version_number=1, page=1, text=text, start=0, end=len(text), score=0.0,
        legs={}, spans=((8, 14),), **ids, **texts,
    )  # fmt: skip

    pieces = [cells_apart(piece.text) for piece in shown(hit).pieces]

    assert "".join(pieces) == "185 · profit · 7"
