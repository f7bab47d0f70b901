"""Grammars that could keep everybody waiting, told from those that cannot."""

import pytest

from apps.serving.http.grammar_bounds import grammar_of, own

PATTERNS = [
    "^(a?){500}$",
    "^((a?){20}){20}$",
    "^" + "(a?b?c?)" * 40 + "$",
    "^" + " {0,20}" * 6 + "$",
]
NUMBERS = {"type": "array", "items": {"type": "number"}}
TWICE = 'root ::= [a-z] root "b" | [a-z] root "c" | "d"'
AROUND = 'root ::= "(" root ")" | [a-z]+ | root-list\nroot-list ::= "a" | "a," root-list'
OFTEN = {"type": "array", "maxItems": 500, "items": {"type": "array", "maxItems": 500}}
MANY = {f"{name}": {"type": "string"} for name in range(90)}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_schema_of_many_parts_that_may_be_left_out_is_refused(pattern):
    with pytest.raises(ValueError, match="in a row"):
        grammar_of({"type": "string", "pattern": pattern})


def test_a_schema_of_hundreds_of_choices_is_refused():
    with pytest.raises(ValueError, match="choices"):
        grammar_of({"enum": [f"word {number}" for number in range(400)]})


@pytest.mark.parametrize(
    "grammar", [TWICE, 'root ::= ("a"?){500} "z"', "root ::= " + "a " * 200 + '\na ::= "b"?']
)
def test_a_grammar_that_jumps_from_little_to_endless_work_is_refused(grammar):
    with pytest.raises(ValueError, match=r"in a row|within themselves"):
        own(grammar)


@pytest.mark.parametrize(
    "schema",
    [OFTEN, NUMBERS, {"type": "object"}, {"type": "object", "properties": MANY}, {"enum": ["a"]}],
)
def test_schemas_that_people_write_are_taken(schema):
    assert "root" in grammar_of(schema)


def test_lists_and_brackets_in_brackets_are_taken():
    assert own(AROUND) == AROUND
