"""What clients may send. Types are strict; what is not known is refused, not ignored."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import pydantic_core
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from apps.serving.http.errors import ApiError, from_validation, unsupported
from apps.serving.http.grammar_bounds import MOST_CHARACTERS, own

_MOST_STOPS, _LONGEST_STOP = 16, 256

# They say who asks or how a provider bills and caches; no answer depends on them
_HARMLESS = frozenset(
    {
        "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_retention",
        "parallel_tool_calls", "cache_prompt", "return_progress",
    }
)  # fmt: skip
# Parameters that are not there, and the values that ask for nothing
_NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "n": (1,), "best_of": (1,), "echo": (False,), "logprobs": (False,), "top_logprobs": (0,),
    "logit_bias": ({},), "tools": ([],), "functions": ([],), "tool_choice": ("none", "auto"),
    "modalities": (["text"],), "suffix": ("",),
}  # fmt: skip


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    """Contents are a text or a list of text parts."""
    if not isinstance(value, list):
        return value
    texts = []
    for part in value:
        if not isinstance(part, dict) or part.get("type") not in ("text", "input_text"):
            raise ValueError("only parts of type `text` are supported")
        if not isinstance(part.get("text"), str):
            raise ValueError("a part of type `text` needs a `text`")
        texts.append(part["text"])
    return "\n".join(texts)


class Body(BaseModel):
    """A JSON object. Fields that nobody declared are kept for `read` to judge."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    model: str = ""


class Message(BaseModel):
    """A turn of a conversation."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Annotated[str, BeforeValidator(_as_text)]
    tool_calls: Annotated[list[Any], Field(max_length=0)] | None = None


class StreamOptions(BaseModel):
    """How a stream ends."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    include_usage: bool = False


class JsonSchema(BaseModel):
    """The schema of an answer, as OpenAI wraps it."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, populate_by_name=True)

    of: dict[str, Any] = Field(alias="schema")


class ResponseFormat(BaseModel):
    """The form of an answer."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


Stop = Annotated[str, Field(min_length=1, max_length=_LONGEST_STOP)]


class Generation(Body):
    """What asks for text."""

    stream: bool = False
    stream_options: StreamOptions = StreamOptions()
    max_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2, allow_inf_nan=False)
    top_p: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    top_k: int | None = Field(None, ge=-1, le=1_000_000)
    min_p: float | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    repeat_penalty: float | None = Field(None, gt=0, le=2, allow_inf_nan=False)
    presence_penalty: float | None = Field(None, ge=-2, le=2, allow_inf_nan=False)
    frequency_penalty: float | None = Field(None, ge=-2, le=2, allow_inf_nan=False)
    seed: int | None = Field(None, ge=-(2**63), lt=2**64)
    stop: Annotated[list[Stop], BeforeValidator(_as_list), Field(max_length=_MOST_STOPS)] = []
    response_format: ResponseFormat = ResponseFormat(type="text")
    grammar: Annotated[str, Field(max_length=MOST_CHARACTERS), AfterValidator(own)] = ""
    speculate: bool = True
    prompt_cache_key: Annotated[str, Field(max_length=256)] = ""


Texts = str | list[str] | list[int] | list[list[int]]


class ChatBody(Generation):
    """POST /v1/chat/completions."""

    messages: list[Message] = Field(min_length=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    chat_template_kwargs: dict[str, Any] = {}


class CompletionBody(Generation):
    """POST /v1/completions. One prompt, as text or as tokens."""

    prompt: Texts


class EmbeddingsBody(Body):
    """POST /v1/embeddings."""

    input: Texts
    encoding_format: Literal["float", "base64"] = "float"


class TokenizeBody(Body):
    """POST /tokenize: a text, or a conversation as it would be put to the model."""

    content: str | None = None
    messages: list[Message] | None = None
    add_special: bool = False
    parse_special: bool = True
    chat_template_kwargs: dict[str, Any] = {}


class DetokenizeBody(Body):
    """POST /detokenize."""

    tokens: list[Annotated[int, Field(ge=0)]]


def texts_or_tokens(given: Texts) -> list[str | list[int]]:
    """One entry for each text; token ids stand for the text that they are of."""
    if isinstance(given, str):
        return [given]
    tokens = [entry for entry in given if isinstance(entry, int)]
    return [tokens] if tokens else [entry for entry in given if not isinstance(entry, int)]


Kind = TypeVar("Kind", bound=Body)


def read(kind: type[Kind], text: bytes) -> Kind:
    """The body. Raises ApiError 400: no JSON, wrong types, parameters without an effect here."""
    try:
        found = pydantic_core.from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise ApiError(400, f"The body is no JSON: {error}", code="invalid_json") from error
    if not isinstance(found, dict):
        raise ApiError(400, "The body must be a JSON object.", code="invalid_json")
    given = {name: value for name, value in found.items() if value is not None}
    if "repetition_penalty" in given:  # as vLLM and transformers call it
        given.setdefault("repeat_penalty", given.pop("repetition_penalty"))
    try:
        body = kind.model_validate(given)
    except ValidationError as error:
        raise from_validation(error) from error
    for name, value in (body.model_extra or {}).items():
        if name not in _HARMLESS and not any(
            value == neutral and type(value) is type(neutral) for neutral in _NEUTRAL.get(name, ())
        ):
            raise unsupported(name)
    return body
