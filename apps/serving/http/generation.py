"""POST /v1/chat/completions and /v1/completions."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from apps.serving.http.bodies import (
    ChatBody,
    CompletionBody,
    Generation,
    Message,
    read,
    texts_or_tokens,
)
from apps.serving.http.errors import ApiError, stopping, unsupported
from apps.serving.http.grammar_bounds import grammar_of
from apps.serving.http.reading import body_of, service_of
from apps.serving.http.runs import Run
from apps.serving.http.service import Loaded, Service
from apps.serving.http.shapes import ChatShape, CompletionShape
from apps.serving.http.sse import EventStream, Shape, refusal_of
from apps.serving.protocols import Finished, Piece, Sampling
from apps.serving.protocols import Request as Asked

_SAMPLED = (
    "temperature", "top_p", "min_p", "repeat_penalty", "presence_penalty", "frequency_penalty",
)  # fmt: skip
_COMPLETION_TOKENS = 16  # as OpenAI's, where a completion names no max_tokens
_CLIENT_LEFT = 499  # nginx's number; nobody reads it


async def chat(request: Request) -> Response:
    """An answer to a conversation."""
    service = _writer(request)
    body = read(ChatBody, await body_of(request))
    model = service.loaded(body.model)
    most = body.max_completion_tokens or body.max_tokens or service.plan.context

    def asked() -> Asked:
        tokens = model.prompter.conversation(turns(body.messages), body.chat_template_kwargs)
        return _asked(body, tokens, most, stops=model.prompter.template.stops)

    run = await service.run(model, asked)
    shape = ChatShape(service.plan.name, has_usage=body.stream_options.include_usage)
    return await _answered(run, body, shape, request)


async def completions(request: Request) -> Response:
    """A prompt gone on with."""
    service = _writer(request)
    body = read(CompletionBody, await body_of(request))
    model = service.loaded(body.model)

    def asked() -> Asked:
        tokens = _prompt(body, model)
        return _asked(body, tokens, body.max_tokens or _COMPLETION_TOKENS)

    run = await service.run(model, asked)
    shape = CompletionShape(service.plan.name, has_usage=body.stream_options.include_usage)
    return await _answered(run, body, shape, request)


def _writer(request: Request) -> Service:
    """The server, when it can write now."""
    service = service_of(request)
    service.loaded()
    if service.plan.is_embedding:
        text = f"The model `{service.plan.name}` makes embeddings and writes no answers."
        raise ApiError(400, text, code="no_answers", param="model")
    return service


def turns(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as templates know them."""
    return [
        {
            "role": "system" if message.role == "developer" else message.role,
            "content": message.content,
        }
        for message in messages
    ]


def _asked(
    body: Generation, tokens: Sequence[int], most: int, *, stops: tuple[str, ...] = ()
) -> Asked:
    given = {name: getattr(body, name) for name in _SAMPLED if getattr(body, name) is not None}
    if body.top_k is not None:
        given["top_k"] = max(0, body.top_k)
    if body.seed not in (None, -1):  # -1: another one each time, as llama.cpp has it
        given["seed"] = body.seed % (2**32 - 1)
    return Asked(
        tokens=tokens,
        max_tokens=most,
        sampling=Sampling(**given, grammar=_grammar(body)),
        stop=(*body.stop, *stops),
        speculate=body.speculate,
        cache_key=body.prompt_cache_key,
    )


def _grammar(body: Generation) -> str:
    form = body.response_format
    if form.type == "text":
        return body.grammar
    if body.grammar:
        raise ApiError(400, "`grammar` and `response_format` exclude each other.", param="grammar")
    if form.type == "json_object":
        return grammar_of({"type": "object"})
    if form.json_schema is None:
        text = "`response_format.json_schema` is missing."
        raise ApiError(400, text, code="invalid_value", param="response_format.json_schema")
    return grammar_of(form.json_schema.of)


def _prompt(body: CompletionBody, model: Loaded) -> list[int]:
    several = texts_or_tokens(body.prompt)
    if len(several) != 1:
        raise unsupported("prompt", "takes one prompt a request")
    prompt = several[0]
    return model.prompter.text(prompt) if isinstance(prompt, str) else prompt


async def _answered(run: Run, body: Generation, shape: Shape, request: Request) -> Response:
    service: Service = service_of(request)
    if body.stream:
        return EventStream(run, shape, service.ended)
    watch = asyncio.create_task(run.cancel_when_gone(request.receive))
    try:
        return await _whole(run, shape)
    finally:
        watch.cancel()
        service.ended(run)


async def _whole(run: Run, shape: Shape) -> Response:
    texts = []
    async for event in run.events():
        if isinstance(event, Piece):
            texts.append(event.text)
        elif isinstance(event, Finished):
            if run.is_gone:
                return Response(status_code=_CLIENT_LEFT)
            if refusal := refusal_of(event):
                raise refusal
            return JSONResponse(shape.whole("".join(texts), event))
    raise stopping()
