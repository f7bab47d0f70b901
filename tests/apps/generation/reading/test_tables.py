"""Rows of tables in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.generation.reading import tables

HEADER, ROW = "| City | Limit | Limit for heads |", "| Shanghai | 650 | 900 |"


def test_the_rows_own_name_comes_first_then_the_cell_asked_for():
    assert tables.row_in_words(ROW, HEADER, 2) == "City: Shanghai; Limit for heads: 900; Limit: 650"


def test_without_a_fitting_header_the_values_stand_alone():
    assert tables.row_in_words(ROW, "| A | B |") == "Shanghai; 650; 900"


@pytest.mark.parametrize(
    ("asked", "column"),
    [({"limit", "head"}, 2), ({"city"}, 0), ({"limit"}, None), ({"rent"}, None)],
)
def test_a_column_is_clear_when_one_name_shares_most_words(asked, column):
    assert tables.asked_column(HEADER, frozenset(asked)) == column


@given(st.lists(st.text(st.sampled_from("ab 1年"), max_size=5), min_size=2, max_size=5))
def test_bounds_give_the_cells(texts):
    row = "| " + " | ".join(texts) + " |"

    found = [row[start:end] for start, end in tables.cell_bounds(row)]

    assert found == [text.strip() for text in texts] == tables.cells(row)


@pytest.mark.parametrize(
    ("marked", "names"),
    [("Limit for heads", True), ("--- | ---", True), ("650", False), ("heads |\n|---", True)],
)
def test_column_names_and_the_rule_below_are_no_values(marked, names):
    text = f"Hotels\n\n{HEADER}\n|--- | --- | ---|\n{ROW}"
    start = text.index(marked)

    assert tables.names_columns(text, (start, start + len(marked))) == names
