from apps.serving.batching.guessing import Guesser


def test_what_followed_the_last_tokens_before_is_guessed_to_follow_again():
    guesser = Guesser([1, 2, 3, 4, 5, 9, 1, 2, 3])

    assert guesser.guess(3) == [4, 5, 9]


def test_the_latest_place_counts():
    guesser = Guesser([1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3])

    assert guesser.guess(1) == [5]


def test_nothing_is_guessed_after_tokens_that_did_not_stand_together():
    assert Guesser([1, 2, 3, 4, 5]).guess(4) == []


def test_at_its_own_end_a_repetition_goes_on():
    guesser = Guesser([1, 2, 3, 1, 2, 3])

    assert guesser.guess(5) == [1, 2, 3, 1, 2]


def test_a_passage_that_is_copied_is_followed_although_its_words_stand_elsewhere_too():
    guesser = Guesser([5, 6, 7, 8, 1, 2, 6, 7, 8, 3, 5, 6, 7])
    guesser.add(8)

    assert guesser.guess(1) == [1]


def test_the_hit_rate_rises_while_guesses_are_true_and_falls_when_they_are_not():
    guesser = Guesser([1, 2, 3, 4, 5, 6, 7, 1, 2, 3])
    for token in (4, 5, 6):
        guesser.add(token)
    risen = guesser.hit_rate
    guesser.add(99)

    assert risen > 0.5
    assert guesser.hit_rate < risen
