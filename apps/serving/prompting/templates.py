"""Turns conversations into prompts with the chat template of a model's file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.serving.errors import ModelUnusable
from apps.serving.prompting.rendering import Renderer, TemplateBroken, TemplateRefuses

# ChatML, which most models have seen
FALLBACK = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
FALLBACK_STOPS = ("<|im_end|>", "<|im_start|>")
_SYSTEM, _USER = "clawdbot-system-text", "clawdbot-user-text"
_RESERVED = {"messages", "add_generation_prompt", "tools", "documents"}

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Habits:
    """What a template was found to do with texts."""

    is_own: bool  # the file has one
    takes_system: bool = True  # else system texts go before the first question
    takes_parts: bool = False  # contents must be lists of parts

    def __str__(self) -> str:
        text = "from the file" if self.is_own else "none in the file: ChatML"
        return text if self.takes_system else f"{text}; system texts go before the first question"


class ChatTemplate:
    """The template of one model. Thread-safe."""

    def __init__(self, source: str, specials: Mapping[str, str], renderer: Renderer) -> None:
        """Try the template out. Raises ModelUnusable: it is no Jinja, or takes for ever."""
        self._source, self._specials, self._renderer = source or FALLBACK, specials, renderer
        self.habits = Habits(bool(source))
        try:
            self.habits = self._habits()
        except TemplateBroken as error:
            raise ModelUnusable(f"its chat template cannot be used: {error}") from error
        self.stops = () if source else FALLBACK_STOPS

    def render(self, messages: Sequence[Message], options: Mapping[str, Any] | None = None) -> str:
        """The prompt up to the place where the assistant speaks.

        `options` are further variables of the template, like `enable_thinking`. Raises
        TemplateRefuses: it does not take such a conversation; TemplateBroken.
        """
        options = options or {}
        if taken := sorted(_RESERVED & options.keys()):
            raise TemplateRefuses(f"the variable {taken[0]} cannot be set")
        shaped = messages if self.habits.takes_system else _without_system(messages)
        if self.habits.takes_parts:
            shaped = [
                {**message, "content": [{"type": "text", "text": message["content"]}]}
                for message in shaped
            ]
        context = {**self._specials, **options, "messages": list(shaped)}
        return self._renderer.render(self._source, context | {"add_generation_prompt": True})

    def _habits(self) -> Habits:
        question = [{"role": "user", "content": _USER}]
        if not self._writes(question, _USER):
            self.habits = Habits(self.habits.is_own, takes_parts=True)
            if not self._writes(question, _USER):
                self.habits = Habits(self.habits.is_own)
        both = [{"role": "system", "content": _SYSTEM}, *question]
        return Habits(
            self.habits.is_own,
            takes_system=self._writes(both, _SYSTEM),
            takes_parts=self.habits.takes_parts,
        )

    def _writes(self, messages: Sequence[Message], text: str) -> bool:
        try:
            return text in self.render(messages)
        except TemplateRefuses:
            return False


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """Put the system's texts before the first question's, a blank line between."""
    before = [message["content"] for message in messages if message["role"] == "system"]
    others = [dict(message) for message in messages if message["role"] != "system"]
    if not before:
        return list(others)
    first = next((message for message in others if message["role"] == "user"), None)
    if first is None:
        return [{"role": "user", "content": "\n\n".join(before)}, *others]
    first["content"] = "\n\n".join([*before, first["content"]])
    return list(others)
