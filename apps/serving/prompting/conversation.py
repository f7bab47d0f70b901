"""Makes tokens of conversations and texts."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.serving.prompting.control_texts import ControlTexts
from apps.serving.prompting.templates import ChatTemplate
from apps.serving.protocols import Batcher, ContextTooLong

_LONGEST_TOKEN = 64  # characters; a longer text than this many a token cannot fit


class Prompter:
    """Tokens of what clients send. Thread-safe."""

    def __init__(self, batcher: Batcher, template: ChatTemplate) -> None:
        self.template, self._batcher = template, batcher
        self._controls = ControlTexts(batcher.control_texts)
        self._first = batcher.special_texts.get("bos_token", "")

    def conversation(
        self, messages: Sequence[Mapping[str, Any]], options: Mapping[str, Any]
    ) -> list[int]:
        """The prompt of a conversation. Texts of control tokens in contents are plain text there.

        Raises ContextTooLong (sure to be, without counting), TemplateRefuses, TemplateBroken.
        """
        size = sum(len(message["content"]) for message in messages)
        self._refuse_if_hopeless(size)
        prompt = self.template.render(
            [
                {**message, "content": self._controls.broken(message["content"])}
                for message in messages
            ],
            options,
        )
        has_first = bool(self._first) and prompt.startswith(self._first)

        def tokenize(piece: str, is_first: bool) -> list[int]:
            add = is_first and not has_first
            return self._batcher.tokenize(piece, add_special=add, parse_special=True)

        return ControlTexts.tokenize(prompt, tokenize)

    def text(self, text: str) -> list[int]:
        """The tokens of a prompt that is used as it is: its control tokens count."""
        self._refuse_if_hopeless(len(text))
        return self._batcher.tokenize(text, add_special=True, parse_special=True)

    def passage(self, text: str) -> list[int]:
        """The tokens of a text to embed: nothing in it is a control token."""
        self._refuse_if_hopeless(len(text))
        return self._batcher.tokenize(text, add_special=True, parse_special=False)

    def _refuse_if_hopeless(self, characters: int) -> None:
        context = self._batcher.status().context
        if characters > context * _LONGEST_TOKEN:
            raise ContextTooLong(characters // _LONGEST_TOKEN, context)
