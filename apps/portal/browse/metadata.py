"""A document's metadata as lines that people can edit: `name: value`."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_CHARS = 20_000


def as_lines(metadata: Mapping[str, Any]) -> str:
    """One pair a line; what is no text stands as JSON."""
    return "\n".join(f"{name}: {_shown(value)}" for name, value in metadata.items())


def from_lines(lines: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """The pairs. A value that reads as before keeps its type. Raises ValidationError."""
    if len(lines) > MAX_CHARS:
        raise ValidationError(_("The metadata is longer than 20,000 characters."))
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        known = _known(line, before)
        name, colon, value = (known, ":", line[len(known) + 1 :].strip()) if known else _cut(line)
        if not colon or not name:
            raise ValidationError(
                _("Write one pair a line, for example: department: finance (not “%(line)s”).")
                % {"line": line[:80]}
            )
        is_same = name in before and _shown(before[name]) == value
        found[name] = before[name] if is_same else value
    return found


def _known(line: str, before: Mapping[str, Any]) -> str:
    """The name that the line begins with, when it is one of before: it may hold colons, too."""
    return max((name for name in before if line.startswith(f"{name}:")), key=len, default="")


def _cut(line: str) -> tuple[str, str, str]:
    name, colon, value = line.partition(":")
    return name.strip(), colon, value.strip()


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())
