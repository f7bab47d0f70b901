"""What of an answer is not as it should be, as headers of responses tell it."""

from collections.abc import Mapping

from apps.generation.answers import Answer

HEADER = "X-Clawdbot-Degraded"
_LONGEST = 1000


def told_in_headers(answer: Answer) -> Mapping[str, str]:
    """The header with the answer's notes, separated by `; `; none when all is well."""
    notes = "; ".join(" ".join(note.split()) for note in answer.degraded)
    plain = notes.encode("ascii", "replace").decode()[:_LONGEST]
    return {HEADER: plain} if plain else {}
