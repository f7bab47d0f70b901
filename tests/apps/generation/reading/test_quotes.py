"""What is quoted around a span."""

import pytest

from apps.generation.reading.queries import prepare
from apps.generation.reading.quotes import quotes_of
from tests.apps.generation.readings import read_hit

TABLE = "| Code | Meaning |\n| --- | --- |\n| E01 | No sample |\n| E07 | Window dirty |"


@pytest.mark.parametrize("marked", ["Meaning", "--- | ---", "Code | Meaning |\n| ---"])
def test_names_of_columns_answer_nothing(marked):
    hit = read_hit(TABLE, marked, "Window dirty")

    assert quotes_of(hit, prepare("What does E07 mean?"))[0].short == "Window dirty"


def test_the_number_of_a_section_is_no_number_of_days():
    hit = read_hit("2. Leave\n\n2.1 Annual leave\n\nThere are 22 days.", "2.1", "22")

    (quote,) = quotes_of(hit, prepare("How many days of annual leave are there?"))

    assert quote.short == "22"  # the question has the unit


@pytest.mark.parametrize(
    "text", ["2.1 litres are needed.", "2.1 litres", "2.1 Litres are needed.", "2.1\n\nLitres"]
)
def test_other_figures_may_answer(text):
    assert quotes_of(read_hit(text, "2.1"), prepare("How much is needed?"))


def test_a_span_from_the_names_of_columns_into_rows_is_the_first_row():
    hit = read_hit(TABLE, "Meaning |\n| --- | --- |\n| E01 | No")

    (quote,) = quotes_of(hit, prepare("Which codes are there?"))

    assert quote.in_words == "Code: E01; Meaning: No sample"


def test_a_quote_ends_with_the_paragraph_of_its_answer():
    hit = read_hit("Ask the treasurer, Mr Gu Weimin.\n\n7. Violations", "Mr Gu Weimin.\n\n7")

    (quote,) = quotes_of(hit, prepare("Who is the treasurer?"))

    assert (quote.short, quote.text) == ("Mr Gu Weimin.", "Ask the treasurer, Mr Gu Weimin.")
