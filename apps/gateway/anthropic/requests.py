"""What Anthropic's clients ask."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from apps.gateway.asked import Asked, Role, Tools, Turn
from apps.gateway.bodies import Body
from apps.gateway.contents import Content, Part, is_required, text_of, turn_of
from apps.generation.upstream import ChatOptions


class Message(Body):
    """One message."""

    role: str
    content: Content


class Conversation(Body):
    """What is said, as `count_tokens` and `messages` have it in common."""

    model: str = Field(min_length=1, max_length=300)
    messages: Sequence[Message] = Field(min_length=1)
    system: str | Sequence[Part] | None = None
    tools: Sequence[Any] | None = None
    tool_choice: Any = None

    def turns(self) -> Sequence[Turn]:
        """Instructions first. Raises Invalid."""
        said = [
            turn_of(one.role, one.content, place=f"messages.{at}")
            for at, one in enumerate(self.messages)
        ]
        system = text_of(self.system, place="system")
        return [Turn(Role.SYSTEM, system), *said] if system else said


class MessagesRequest(Conversation):
    """`POST /v1/messages`."""

    max_tokens: int = Field(ge=1)
    stream: bool | None = None
    temperature: float | None = Field(None, ge=0, le=1)
    top_p: float | None = Field(None, ge=0, le=1)
    top_k: int | None = Field(None, ge=0)
    stop_sequences: Sequence[str] | None = None
    profile: str | None = None  # ours

    def asked(self) -> Asked:
        """The conversation. Raises Invalid."""
        options = ChatOptions(
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            stop=tuple(self.stop_sequences or ()),
            extra={} if self.top_k is None else {"top_k": self.top_k},
        )
        return Asked(
            self.model, self.turns(), options, tools=self._tools(), profile=self.profile or ""
        )

    def _tools(self) -> Tools:
        if is_required(self.tool_choice):
            return Tools.REQUIRED
        is_off = isinstance(self.tool_choice, dict) and self.tool_choice.get("type") == "none"
        return Tools.OFFERED if self.tools and not is_off else Tools.NONE
