"""POST /v1/embeddings, /tokenize, /detokenize."""

import base64
import struct
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from apps.serving.http.bodies import (
    DetokenizeBody,
    EmbeddingsBody,
    Texts,
    TokenizeBody,
    read,
    texts_or_tokens,
)
from apps.serving.http.errors import ApiError
from apps.serving.http.generation import turns
from apps.serving.http.reading import body_of, service_of
from apps.serving.http.service import Loaded, in_thread

_MOST_TEXTS = 2048


async def embeddings(request: Request) -> Response:
    """Vectors of texts, of unit length. OpenAI's API reference, "Create embeddings"."""
    service = service_of(request)
    service.loaded()
    body = read(EmbeddingsBody, await body_of(request))
    model = service.loaded(body.model)
    if not service.plan.is_embedding:
        text = f"The model `{service.plan.name}` makes no embeddings."
        raise ApiError(400, text, code="no_embeddings", param="model")

    def embedded() -> tuple[int, list[list[float]]]:
        tokens = _passages(body.input, model)
        return sum(map(len, tokens)), model.batcher.embed(tokens)

    count, vectors = await in_thread(embedded)
    service.figures.count("embedded")
    data = [
        {"object": "embedding", "index": n, "embedding": _encoded(vector, body.encoding_format)}
        for n, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": count, "total_tokens": count}
    return JSONResponse(
        {"object": "list", "data": data, "model": service.plan.name, "usage": usage}
    )


async def tokenize(request: Request) -> Response:
    """Token ids of a text, or of a conversation in the model's template."""
    model = service_of(request).loaded()
    body = read(TokenizeBody, await body_of(request))
    model = service_of(request).loaded(body.model)
    if (body.content is None) == (body.messages is None):
        raise ApiError(400, "Send either `content` or `messages`.", param="content")

    def tokens() -> list[int]:
        if body.messages is not None:
            return model.prompter.conversation(turns(body.messages), body.chat_template_kwargs)
        return model.batcher.tokenize(
            body.content or "", add_special=body.add_special, parse_special=body.parse_special
        )

    found = await in_thread(tokens)
    context = model.batcher.status().context
    return JSONResponse({"tokens": found, "count": len(found), "max_model_len": context})


async def detokenize(request: Request) -> Response:
    """The text of token ids."""
    model = service_of(request).loaded()
    body = read(DetokenizeBody, await body_of(request))
    return JSONResponse({"content": await in_thread(lambda: model.batcher.detokenize(body.tokens))})


def _passages(given: Texts, model: Loaded) -> list[Sequence[int]]:
    several = texts_or_tokens(given)
    if not several or len(several) > _MOST_TEXTS:
        raise ValueError(f"`input` takes 1 to {_MOST_TEXTS} texts")
    passages: list[Sequence[int]] = [
        model.prompter.passage(text) if isinstance(text, str) else text for text in several
    ]
    if not all(passages):
        raise ValueError("`input` has an empty text")
    return passages


def _encoded(vector: Sequence[float], form: str) -> Sequence[float] | str:
    if form == "float":
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
