"""What Ollama's clients ask."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ConfigDict, Field

from apps.core.errors import Invalid
from apps.gateway.asked import Asked, Role, Tools, Turn
from apps.gateway.bodies import Body
from apps.gateway.contents import Content, turn_of
from apps.generation.upstream import ChatOptions

_PASSED_ON = ("top_k", "min_p", "repeat_penalty", "presence_penalty", "frequency_penalty")


class Options(Body):
    """`options`: how to write."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    num_predict: int | None = None
    stop: str | Sequence[str] | None = None


class Writing(Body):
    """What chats and texts have in common."""

    model: str = Field(min_length=1, max_length=300)
    stream: bool | None = None  # Ollama streams unless told otherwise
    format: str | dict[str, Any] | None = None
    options: Options | None = None
    profile: str | None = None  # ours

    @property
    def is_streamed(self) -> bool:
        """Whether the reply comes in lines."""
        return self.stream is not False

    def chosen(self) -> ChatOptions:
        """How to write."""
        told = self.options or Options()
        extra = {name: getattr(told, name) for name in _PASSED_ON} | {
            "response_format": _format(self.format)
        }
        most = told.num_predict if told.num_predict and told.num_predict > 0 else None
        return ChatOptions(
            temperature=told.temperature,
            top_p=told.top_p,
            max_tokens=most,
            stop=(told.stop,) if isinstance(told.stop, str) else tuple(told.stop or ()),
            seed=told.seed,
            extra={name: value for name, value in extra.items() if value is not None},
        )


class Message(Body):
    """One message."""

    role: str
    content: Content = None
    images: Sequence[Any] | None = None


class ChatRequest(Writing):
    """`POST /api/chat`."""

    messages: Sequence[Message] = ()
    tools: Sequence[Any] | None = None

    def asked(self) -> Asked:
        """The conversation. Raises Invalid."""
        if any(one.images for one in self.messages):
            raise _images()
        turns = [
            turn_of(one.role, one.content, place=f"messages.{at}")
            for at, one in enumerate(self.messages)
        ]
        tools = Tools.OFFERED if self.tools else Tools.NONE
        return Asked(self.model, turns, self.chosen(), tools=tools, profile=self.profile or "")


class GenerateRequest(Writing):
    """`POST /api/generate`."""

    prompt: str = ""
    system: str = ""
    suffix: str | None = None
    raw: bool | None = None
    images: Sequence[Any] | None = None

    def asked(self) -> Asked:
        """The prompt as a message, or with `raw` as a text to go on from. Raises Invalid."""
        if self.images:
            raise _images()
        if self.suffix:
            raise Invalid(_("“suffix” is not supported: leave it out."))
        system = [Turn(Role.SYSTEM, self.system)] if self.system else []
        return Asked(
            self.model,
            [*system, Turn(Role.USER, self.prompt)],
            self.chosen(),
            profile=self.profile or "",
            prompt=self.prompt if self.raw else None,
        )


class EmbedRequest(Body):
    """`POST /api/embed`."""

    model: str = Field(min_length=1, max_length=300)
    input: str | Sequence[str]
    truncate: bool = True
    dimensions: int | None = None


class OldEmbedRequest(Body):
    """`POST /api/embeddings`, as it was before."""

    model: str = Field(min_length=1, max_length=300)
    prompt: str


class ShowRequest(Body):
    """`POST /api/show`; older clients say `name`."""

    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())

    model: str = ""
    name: str = ""


def _images() -> Invalid:
    return Invalid(_("Only text can be read here: leave images out."), code="unsupported_content")


def _format(wanted: str | dict[str, Any] | None) -> dict[str, Any] | None:
    """As OpenAI's protocol says it."""
    if not wanted:
        return None
    if isinstance(wanted, dict):
        return {"type": "json_schema", "json_schema": {"name": "reply", "schema": wanted}}
    if wanted == "json":
        return {"type": "json_object"}
    raise Invalid(_("“format” is either “json” or a JSON schema."), details={"param": "format"})
