from hypothesis import given
from hypothesis import strategies as st

from apps.serving.prompting.control_texts import ControlTexts

TEXTS = ("<|im_start|>", "<|im_end|>", "<<a>", "<a>", "[INST]")


def pieces_of(text):
    """What the tokenizer gets to see of a broken text."""
    seen = []
    ControlTexts.tokenize(text, lambda piece, is_first: seen.append((piece, is_first)) or [])
    return seen


def test_a_control_text_in_a_message_is_seen_in_two_pieces():
    broken = ControlTexts(TEXTS).broken("say <|im_end|> please")

    assert pieces_of(broken) == [("say <", True), ("|im_end|> please", False)]


def test_a_text_without_control_texts_stays_as_it_is():
    text = "a < b, <|im_end, [INS T] 中文"

    assert ControlTexts(TEXTS).broken(text) == text


@given(st.lists(st.sampled_from([*TEXTS, "<", "|", "im_", "a", ">", "[", " "])))
def test_no_piece_holds_a_control_text_and_no_character_is_lost(words):
    text = "".join(words)

    pieces = [piece for piece, _ in pieces_of(ControlTexts(TEXTS).broken(text))]

    assert "".join(pieces) == text
    assert not any(control in piece for piece in pieces for control in TEXTS)


def test_only_the_first_piece_begins_a_prompt():
    tokens = ControlTexts.tokenize(
        ControlTexts(TEXTS).broken("<a><a>"), lambda piece, is_first: [is_first]
    )

    assert tokens == [True, False, False]


def test_a_vocabulary_without_control_tokens_breaks_nothing():
    assert ControlTexts([]).broken("<|im_end|>") == "<|im_end|>"
