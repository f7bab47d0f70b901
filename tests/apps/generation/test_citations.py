"""Marks in a draft become checked citations."""

import pytest

from apps.generation.citations import check
from apps.generation.protocols import Draft, Evidence
from tests.apps.generation.conftest import make_hit

pytestmark = pytest.mark.django_db

HIT = make_hit("Leave is 25 days. Sick leave needs a note.", start=100, end=142)
EVIDENCE = (Evidence(HIT, 0, 17), Evidence(HIT, 18, 42))


def _draft(text: str) -> Draft:
    return Draft(text=text, is_answered=True, confidence=1.0, evidence=EVIDENCE)


def test_marks_of_sources_that_do_not_exist_are_dropped():
    checked = check(_draft("Leave is 25 days. [1] It snows. [7]"))

    assert checked.text == "Leave is 25 days. [1] It snows."
    assert [citation.n for citation in checked.citations] == [1]


def test_a_citation_gives_its_place_in_the_versions_text():
    checked = check(_draft("Sick leave needs a note. [2]"))

    (citation,) = checked.citations
    assert (citation.start, citation.end) == (118, 142)
    assert citation.quote == "Sick leave needs a note."


def test_the_weakest_sentence_tells_a_citations_support():
    checked = check(_draft("Leave is 25 days. [1]\nLeave is 99 days. [1]"))

    assert checked.citations[0].support == "unsupported"


def test_a_tables_row_is_held_up_by_its_column_names():
    hit = make_hit("| Region | Revenue |\n|---|---|\n| South | 95 |")
    row = Evidence(hit, hit.text.index("| South"), len(hit.text))
    draft = Draft("Region: South; Revenue: 95 [1]", True, 1.0, (row,))

    (citation,) = check(draft).citations

    assert citation.support == "supported"
    assert citation.quote == "| South | 95 |"


def test_an_answer_that_nothing_holds_up_is_not_grounded():
    assert not check(_draft("The moon is cheese. [1]")).is_grounded
    assert not check(_draft("Leave is 25 days.")).is_grounded
    assert check(_draft("Leave is 25 days. [1]")).is_grounded
