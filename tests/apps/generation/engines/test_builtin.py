"""The built-in engine quotes and cannot invent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.generation.engines.builtin import BuiltinEngine
from tests.apps.generation.conftest import make_hit
from tests.apps.generation.engines.contract import EngineContract, prompt

TEXT = st.text(
    st.sampled_from("abc XY 19.5%$ ,;:。，！？\n|-年月日元第三的是由在公司《》“”[1]()é￥"),
    max_size=120,
)


class TestBuiltinEngine(EngineContract):
    @pytest.fixture
    def engine(self):
        return BuiltinEngine()


@settings(max_examples=60, deadline=None)
@given(question=TEXT, texts=st.lists(TEXT, max_size=4))
def test_any_text_is_read_and_only_the_passages_words_are_written(question, texts):
    hits = [make_hit(text, rank=rank) for rank, text in enumerate(texts, start=1)]

    *_, draft = BuiltinEngine().write(prompt(question, *hits, language="zh"))

    assert all(one.passage.text[one.start : one.end].strip() for one in draft.evidence)
    assert all(line.endswith("]") for line in draft.text.splitlines() if "|" not in line)


def test_the_row_of_a_table_is_told_with_its_column_names():
    table = (
        "| Region | Revenue | Year |\n|---|---|---|\n| North | 120 | 2023 |\n| South | 95 | 2023 |"
    )
    asked = prompt("What was the revenue of the South region?", make_hit(table, title="Sales"))

    *_, draft = BuiltinEngine().write(asked)

    assert "Region: South; Revenue: 95; Year: 2023 [1]" in draft.text


def test_no_cell_is_put_in_front_of_its_row():
    table = "| City | Limit | Limit for heads |\n|---|---|---|\n| Shanghai | 650 | 900 |"
    asked = prompt("What is the limit in Shanghai?", make_hit(table, title="Hotels"))

    *_, draft = BuiltinEngine().write(asked)

    assert draft.text.startswith("City: Shanghai")


def test_the_same_sentence_in_two_documents_is_said_once():
    said = "Employees get 25 days of paid leave a year."
    asked = prompt("How many days of paid leave?", make_hit(said), make_hit(said, rank=2))

    *_, draft = BuiltinEngine().write(asked)

    assert draft.text.count(said) == 1
