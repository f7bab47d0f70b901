"""One check of the installation's health."""

from dataclasses import dataclass
from typing import Any

TONES = ("bad", "warn", "busy", "quiet", "good")  # the worst first


@dataclass(frozen=True, slots=True)
class Check:
    """One part: `tone` as in TONES; `words` its state, `advice` what to do about it.

    `page` names the admin page to act on, empty when there is none; `remedy` the address that a
    superuser's button posts to, with `remedy_words` on it.
    """

    name: Any
    icon: str
    tone: str
    words: str
    advice: str = ""
    page: str = ""
    remedy: str = ""
    remedy_words: str = ""
