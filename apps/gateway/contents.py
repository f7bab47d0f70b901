"""The contents of messages: text, or parts of which only texts can be read."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ConfigDict

from apps.core.errors import Invalid
from apps.gateway.asked import Role, Turn
from apps.gateway.bodies import Body

_TEXTS = frozenset({"text", "input_text", "output_text"})
# What agents keep in their histories: it is nothing that anybody said.
_SILENT = frozenset({"thinking", "redacted_thinking", "tool_use", "refusal"})
ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
    "function": Role.TOOL,
}


class Part(Body):
    """A part of a message."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = "text"
    text: str | None = None


Content = str | Sequence[Part] | None


def text_of(content: Content, *, place: str) -> str:
    """The texts, one under the other. Raises Invalid for images, sounds and files."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    return "\n".join(filter(None, (_text(part, place) for part in content)))


def turn_of(role: str, content: Content, *, place: str) -> Turn:
    """The message as we know it; results of tools have a role of their own. Raises Invalid."""
    if role not in ROLES:
        raise Invalid(
            _("There is no role “%(role)s”; there are: %(roles)s.")
            % {"role": role, "roles": ", ".join(ROLES)},
            details={"param": f"{place}.role"},
        )
    if not isinstance(content, str | None) and any(p.type == "tool_result" for p in content):
        rest = [part for part in content if part.type != "tool_result"]
        return Turn(Role.USER if rest else Role.TOOL, text_of(rest, place=place))
    return Turn(ROLES[role], text_of(content, place=place))


def _text(part: Part, place: str) -> str:
    if part.type in _TEXTS:
        return part.text or ""
    if part.type in _SILENT:
        return ""
    raise Invalid(
        _("Only text can be read here: a message has a part of the type “%(type)s”.")
        % {"type": part.type},
        code="unsupported_content",
        details={"param": f"{place}.content"},
    )


def is_required(choice: Any) -> bool:
    """Whether `tool_choice` says that a tool must be called."""
    if isinstance(choice, dict):
        return choice.get("type") in {"function", "any", "tool", "custom"}
    return choice in {"required", "any"}
