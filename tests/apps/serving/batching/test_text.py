import pytest

from apps.serving.batching.text import AnswerText


def test_a_character_that_is_split_over_tokens_comes_whole():
    text = AnswerText(())

    shown = [text.add(bytes([byte])) for byte in "中国".encode()]

    assert shown == ["", "", "中", "", "", "国"]


def test_bytes_that_are_no_character_become_a_replacement_at_the_end():
    text = AnswerText(())

    assert text.add("中".encode()[:2]) == ""
    assert text.close() == "\ufffd"


def test_what_may_begin_a_stop_text_is_held_back_until_it_does_not():
    text = AnswerText(("</end>",))

    assert [text.add(b"a </e"), text.add(b"m> b")] == ["a ", "</em> b"]
    assert not text.is_stopped


def test_a_stop_text_over_several_pieces_ends_the_answer_and_is_not_shown():
    text = AnswerText(("STOP",))

    shown = [text.add(piece) for piece in (b"one S", b"T", b"OP two", b"three")]

    assert (shown, text.is_stopped, text.close()) == (["one ", "", "", ""], True, "")


def test_of_two_stop_texts_the_one_that_comes_first_counts():
    text = AnswerText(("b", "ab"))

    assert text.add(b"xxab") == "xx"


def test_what_was_held_back_is_shown_when_nothing_more_comes():
    text = AnswerText(("STOP",))

    assert text.add(b"the S") + text.close() == "the S"


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_however_text_is_cut_into_pieces_the_same_is_shown(size):
    source = "早上好 aab aabb 。".encode()
    text = AnswerText(("aabb",))

    shown = "".join(text.add(source[at : at + size]) for at in range(0, len(source), size))

    assert shown + text.close() == "早上好 aab "
