"""What OpenAI's clients ask."""

from collections.abc import Sequence
from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field

from apps.core.errors import Invalid
from apps.gateway.asked import Asked, Tools
from apps.gateway.bodies import Body
from apps.gateway.contents import Content, is_required, turn_of
from apps.generation.upstream import ChatOptions

# Passed on to the model's server as they are; answers from documents go without them.
_PASSED_ON = (
    "response_format",
    "presence_penalty",
    "frequency_penalty",
    "top_k",
    "min_p",
    "repeat_penalty",
    "grammar",
    "chat_template_kwargs",
    "logit_bias",
)


class StreamOptions(Body):
    """`stream_options`."""

    include_usage: bool | None = None


class Writing(Body):
    """What chats and completions have in common."""

    model: str = Field(min_length=1, max_length=300)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1)
    stop: str | Sequence[str] | None = None
    seed: int | None = None
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    top_k: int | None = Field(None, ge=0)
    min_p: float | None = Field(None, ge=0, le=1)
    repeat_penalty: float | None = Field(None, gt=0)
    response_format: dict[str, Any] | None = None
    grammar: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None
    logit_bias: dict[str, Any] | None = None  # no server of ours knows it: theirs to refuse
    profile: str | None = None  # ours: what `profile` is in /api/v1/ask/

    @property
    def has_usage(self) -> bool:
        """Whether a stream ends with the counts."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def options(self) -> ChatOptions:
        """How to write. Raises Invalid for what nobody can do here."""
        if self.n not in {None, 1}:
            raise Invalid(_("Only one reply is made: leave `n` out."), details={"param": "n"})
        extra = {name: getattr(self, name) for name in _PASSED_ON}
        return ChatOptions(
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self._most_tokens(),
            stop=(self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ()),
            seed=self.seed,
            extra={name: value for name, value in extra.items() if value not in (None, {})},
        )

    def _most_tokens(self) -> int | None:
        return self.max_tokens


class Message(Body):
    """One message."""

    role: str
    content: Content = None


class ChatRequest(Writing):
    """`POST /v1/chat/completions`."""

    messages: Sequence[Message] = Field(min_length=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    tools: Sequence[Any] | None = None
    tool_choice: Any = None
    functions: Sequence[Any] | None = None
    function_call: Any = None
    logprobs: bool | None = None

    def asked(self) -> Asked:
        """The conversation. Raises Invalid."""
        if self.logprobs:
            raise Invalid(
                _("Likelihoods of tokens are not told: leave `logprobs` out."),
                details={"param": "logprobs"},
            )
        return Asked(
            model=self.model,
            turns=[
                turn_of(one.role, one.content, place=f"messages.{at}")
                for at, one in enumerate(self.messages)
            ],
            options=self.options(),
            tools=self._tools(),
            profile=self.profile or "",
        )

    def _tools(self) -> Tools:
        choice = self.tool_choice if self.tool_choice is not None else self.function_call
        if is_required(choice) or (isinstance(choice, dict) and "name" in choice):
            return Tools.REQUIRED
        has_any = bool(self.tools or self.functions) and choice != "none"
        return Tools.OFFERED if has_any else Tools.NONE

    def _most_tokens(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens


class CompletionRequest(Writing):
    """`POST /v1/completions`."""

    prompt: str | Sequence[str]
    echo: bool | None = None
    suffix: str | None = None
    best_of: int | None = None
    logprobs: int | None = None

    def asked(self) -> Asked:
        """The text to go on from. Raises Invalid."""
        for name in ("echo", "suffix", "logprobs"):
            if getattr(self, name):
                raise Invalid(
                    _("“%(name)s” is not supported: leave it out.") % {"name": name},
                    details={"param": name},
                )
        if self.best_of not in {None, 1}:
            raise Invalid(_("Only one reply is made: leave `best_of` out."))
        prompts = [self.prompt] if isinstance(self.prompt, str) else list(self.prompt)
        if len(prompts) != 1 or not prompts[0]:
            raise Invalid(_("Send one prompt, as text."), details={"param": "prompt"})
        return Asked(self.model, turns=[], options=self.options(), prompt=prompts[0])


class EmbeddingsRequest(Body):
    """`POST /v1/embeddings`. `truncate` and `input_type` are ours."""

    model: str = Field(min_length=1, max_length=300)
    input: str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    truncate: bool = False
    input_type: Literal["document", "query"] | None = None


class Passage(Body):
    """A document to rerank."""

    text: str


class RerankRequest(Body):
    """`POST /v1/rerank`, as Jina and Cohere have it."""

    model: str = Field("", max_length=300)
    query: str = Field(min_length=1)
    documents: Sequence[str | Passage] = Field(min_length=1)
    top_n: int | None = Field(None, ge=1)
    return_documents: bool | None = None
