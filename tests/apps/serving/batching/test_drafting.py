from types import SimpleNamespace

from apps.serving.batching.costs import Costs
from apps.serving.batching.drafting import LENGTHS, draft_length


def costs(*, each_row: float) -> Costs:
    """Steps that take 10 ms, and so many more for each row after the first."""
    found = Costs()
    for rows in (1, 2, 4, 8, 16, 32):
        found.tried(rows, 0.010 + each_row * (rows - 1))
    return found


def answer(hit_rate: float, left: int = 100) -> SimpleNamespace:
    guesser = SimpleNamespace(hit_rate=hit_rate, guess=lambda length: [1] * length)
    return SimpleNamespace(guesser=guesser, left=left)


def test_good_guesses_are_made_long_where_rows_are_cheap():
    assert draft_length([answer(0.99)], costs(each_row=0.0001), room=100) == LENGTHS[-1]


def test_nothing_is_guessed_where_a_guess_costs_as_much_as_a_step():
    assert draft_length([answer(0.9)], costs(each_row=0.010), room=100) == 0


def test_bad_guesses_are_not_tried():
    assert draft_length([answer(0.05)], costs(each_row=0.001), room=100) == 0


def test_one_that_guesses_well_among_many_that_do_not_must_pay_for_all():
    answers = [answer(0.9), *[answer(0.0)] * 7]

    assert draft_length(answers, costs(each_row=0.002), room=100) == 0


def test_guesses_stay_within_the_room():
    assert draft_length([answer(0.99)], costs(each_row=0.0001), room=3) == 3


def test_whoever_does_not_guess_or_is_done_after_the_next_token_does_not_count():
    silent = SimpleNamespace(guesser=None, left=100)

    assert draft_length([silent, answer(0.99, left=1)], costs(each_row=0.0), room=9) == 0


def test_what_trying_showed_counts_more_than_what_was_expected():
    seen = costs(each_row=0.0001)
    for _ in range(30):
        seen.wrote(1, 1, 0.010)
        for length in LENGTHS:
            seen.wrote(1, 1 + length, 1.0)

    assert draft_length([answer(0.9)], seen, room=100) == 0
