"""An answer's sentences and what each of them cites."""

import pytest

from apps.generation.checking.claims import claims_of


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A is 1. [1] B is 2. [2]", [("A is 1. [1]", (1,)), ("B is 2. [2]", (2,))]),
        ("A is 1 [1]. B is 2 [2][3].", [("A is 1 [1].", (1,)), ("B is 2 [2][3].", (2, 3))]),
        ("A is 1. B is 2. [2]", [("A is 1.", (2,)), ("B is 2. [2]", (2,))]),
        ("A is 1. [1] B is 2.", [("A is 1. [1]", (1,)), ("B is 2.", ())]),
        ("A is 1.\n\nB is 2. [2]", [("A is 1.", ()), ("B is 2. [2]", (2,))]),
        (
            "Two rules:\n- A is 1 [1]\n- B is 2 [2]",
            [("- A is 1 [1]", (1,)), ("- B is 2 [2]", (2,))],
        ),
        ("甲是一。[1]乙是二[2]。", [("甲是一。[1]", (1,)), ("乙是二[2]。", (2,))]),
        ("# Leave\n**Days**\nA is 1. [1]", [("A is 1. [1]", (1,))]),
        ("", []),
    ],
)
def test_each_sentence_has_its_marks(text, sentences):
    found = claims_of(text)

    assert [(text[one.start : one.end], one.numbers) for one in found] == sentences


def test_what_a_list_item_says_is_read_without_its_bullet():
    (claim,) = claims_of("- **A** is 1 [1]")

    assert claim.said == "**A** is 1"
