"""Prompts and the context that they must fit into."""

import pytest

from apps.core.errors import Invalid
from apps.generation.prompts.fitting import estimate, fit
from apps.generation.protocols import Exchange, Prompt
from tests.apps.generation.conftest import make_hit
from tests.apps.generation.readings import read_hit

SENTENCES = [f"The rule number {n} says that you must count to {n}. " for n in range(40)]
HITS = [make_hit("".join(SENTENCES[:8]), title=f"Book {n}", rank=n) for n in range(1, 6)]
ASKED = Prompt("What does the last rule say?", HITS, "en", temperature=0.0)
FULL = sum(estimate(str(one["content"])) for one in fit(ASKED, (), None).messages)
EARLIER = [Exchange("Which rules are there? " * 20, "Forty. " * 50, may_leave=False)]


def titles(fitted) -> set[str]:
    return {given.hit.title for given in fitted.given}


def test_what_fits_stays_whole():
    fitted = fit(ASKED, EARLIER, None)

    assert (len(fitted.given), fitted.left_out, len(fitted.messages)) == (5, 0, 4)


def test_the_lowest_ranked_passages_go_first():
    fitted = fit(ASKED, (), FULL * 0.8)

    assert 0 < fitted.left_out < 5
    assert titles(fitted) == {f"Book {n}" for n in range(1, 6 - fitted.left_out)}


def test_earlier_turns_go_before_any_passage():
    fitted = fit(ASKED, EARLIER, FULL + 80)

    assert (len(fitted.given), len(fitted.messages)) == (5, 2)


def test_what_was_counted_is_believed():
    fitted = fit(ASKED, (), FULL * 0.8, count=lambda text: int(FULL * 0.5))

    assert fitted.left_out == 0


def test_a_single_passage_is_cut_between_sentences_around_what_was_marked():
    hit = read_hit("".join(SENTENCES), "count to 20")
    asked = Prompt("Why?", [hit], "en", temperature=0.0)

    (given,) = fit(asked, (), 800).given

    assert "count to 20." in given.text
    assert 0 < len(given.text) < len(hit.text)
    assert given.text.startswith("The rule number")
    assert given.text.endswith(".")


def test_a_question_is_never_cut():
    long = Prompt("Why? " * 400, HITS, "en", temperature=0.0)

    with pytest.raises(Invalid) as refused:
        fit(long, (), 900)

    assert refused.value.code == "question_too_long"
