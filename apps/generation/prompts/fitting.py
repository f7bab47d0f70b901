"""Making a prompt fit: the lowest-ranked passages go first, the question is never cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.generation.prompts.grounding import Given, in_order, messages
from apps.generation.protocols import Exchange, Prompt
from apps.generation.reading.sentences import split_sentences
from apps.generation.upstream import Message
from apps.retrieval.protocols import Hit

_HAN_TOKENS, _OTHER_TOKENS = 1.2, 0.4  # of one character: few tokenizers need more
_OVERHEAD = 64  # of the template around the messages
_LEAST_CHARACTERS = 80  # of a shortened passage
TOO_LONG = "question_too_long"


@dataclass(frozen=True, slots=True)
class Fitted:
    """Messages, what they give in the order of its numbers, and how many passages were left out."""

    messages: Sequence[Message]
    given: Sequence[Given]
    left_out: int


def estimate(text: str) -> float:
    """About how many tokens `text` has, rather too many."""
    han = sum(char >= "\u2e80" for char in text)
    return _HAN_TOKENS * han + _OTHER_TOKENS * (len(text) - han)


def fit(
    prompt: Prompt,
    history: Sequence[Exchange],
    room: float | None,
    *,
    count: Callable[[str], int | None] = lambda text: None,
    scale: float = 1.0,
) -> Fitted:
    """The prompt within `room` tokens (None: as it is). `prompt.passages` are best first.

    What is estimated (times `scale`) to be too long is counted by `count`, once. Too much history
    goes first, then the last passages, then the ends of the best one's sentences. Raises Invalid
    (`question_too_long`) when not even that helps.
    """
    given = [Given(hit, 0, len(hit.text)) for hit in prompt.passages]
    fitted = _fitted(prompt, given, history)
    if room is None or _tokens(fitted, scale) <= room:
        return fitted
    counted = count(_text(fitted))
    if counted is not None:
        scale = (counted + _OVERHEAD) / _tokens(fitted, 1.0)
    for kept in (history, ()):
        fitted = _fitted(prompt, given, kept)
        if _tokens(fitted, scale) <= room:
            return fitted
    while len(given) > 1:
        given = given[:-1]
        fitted = _fitted(prompt, given, ())
        if _tokens(fitted, scale) <= room:
            return fitted
    return _with_one(prompt, given[0].hit, room, scale)


def _with_one(prompt: Prompt, hit: Hit, room: float, scale: float) -> Fitted:
    """The best passage, as much of it as fits."""
    most = len(hit.text)
    while most >= _LEAST_CHARACTERS:
        fitted = _fitted(prompt, [_shortened(hit, most)], ())
        if _tokens(fitted, scale) <= room:
            return fitted
        most = most * 3 // 4
    raise Invalid(
        _("The question is too long for the language model. Ask shorter."),
        code=TOO_LONG,
    )


def _shortened(hit: Hit, most: int) -> Given:
    """Whole sentences around the one that the reader marked, or from the first on; of a sentence
    that is too long itself its beginning."""
    spans = split_sentences(hit.text) or [(0, len(hit.text))]
    marked = hit.reading.spans[0].start if hit.reading and hit.reading.spans else 0
    first = last = max((n for n, (start, _end) in enumerate(spans) if start <= marked), default=0)
    while True:
        grown = [(first, last + 1), (first - 1, last)]
        fits = next(
            (
                (one, other)
                for one, other in grown
                if one >= 0 and other < len(spans) and spans[other][1] - spans[one][0] <= most
            ),
            None,
        )
        if fits is None:
            start, end = spans[first][0], spans[last][1]
            return Given(hit, start, min(end, start + most))
        first, last = fits


def _fitted(prompt: Prompt, given: Sequence[Given], history: Sequence[Exchange]) -> Fitted:
    ordered = in_order(given)
    left_out = len(prompt.passages) - len(given)
    return Fitted(messages(prompt, ordered, history), ordered, left_out)


def _text(fitted: Fitted) -> str:
    return "\n".join(str(message["content"]) for message in fitted.messages)


def _tokens(fitted: Fitted, scale: float) -> float:
    return scale * (estimate(_text(fitted)) + _OVERHEAD)
