"""Numbers that others send as text."""

import pytest

from apps.core.digits import number_in


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "٣", " 1", "9" * 5000])
def test_what_is_no_number_or_too_long_is_none(text):
    assert number_in(text) is None


def test_digits_are_a_number():
    assert [number_in("0"), number_in("007"), number_in("9" * 18)] == [0, 7, 10**18 - 1]
