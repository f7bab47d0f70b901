"""What SQLite holds and PostgreSQL refuses is made to fit, and counted."""

from collections import Counter

from apps.knowledge.models import Document
from apps.ops.backups.fitting import rows_fit
from apps.ops.backups.rows import columns_of

COLUMNS = [
    column for column in columns_of(Document) if column.column in {"path", "title", "metadata"}
]
TITLE = "knowledge_document.title"


def fitted(path="p", title="t", metadata=None):
    rows, changed = [[path, title, metadata or {}]], Counter()
    rows_fit(rows, COLUMNS, changed)
    return rows[0], changed


def test_a_null_character_becomes_another_and_moves_nothing():
    row, changed = fitted(title="a\x00b")

    assert (row[1], changed) == ("a\ufffdb", {TITLE: 1})


def test_a_text_that_is_longer_than_its_column_is_cut():
    row, changed = fitted(title="x" * 600)

    assert (len(row[1]), changed) == (500, {TITLE: 1})


def test_json_is_cleaned_wherever_it_is_unclean():
    row, changed = fitted(metadata={"a\x00": [{"b": "\ud800c"}]})

    assert row[2] == {"a\ufffd": [{"b": "\ufffdc"}]}
    assert changed.total() == 1


def test_what_fits_is_left_alone():
    row, changed = fitted(metadata={"smile": "😀", "slash": "\\u0000"})

    assert (row[2], changed.total()) == ({"smile": "😀", "slash": "\\u0000"}, 0)
