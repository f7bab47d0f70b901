"""Sentences that both faces say: in English here, translated where a page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogs. Django's own needs settings, which may not be there yet."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with its values. Pages show `gettext(text) % values`."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be set as it was asked for; `key` as in clawdbot.yaml, like `service.port`."""

    key: str
    sentence: Sentence

    def __str__(self) -> str:
        return f"{self.key}: {self.sentence}"


def problem(key: str, text: str, **values: object) -> Problem:
    """A problem in one line."""
    return Problem(key, Sentence(text, values))
