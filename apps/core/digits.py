"""Whole numbers that others send as text."""

_MOST_DIGITS = 18  # what a row's key can be; int() refuses texts of thousands


def number_in(text: str) -> int | None:
    """The number that `text` writes in digits 0-9 and nothing else; None for any other text and
    for more than 18 digits."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None
