"""Reads requests: who answers them, what their bodies say."""

import asyncio

from starlette.requests import Request

from apps.serving.http.errors import ApiError
from apps.serving.http.service import Service

MOST_BYTES = 8 << 20
_SECONDS = 60  # for a body to come


def service_of(request: Request) -> Service:
    """The server that the request came to."""
    service: Service = request.app.state.service
    return service


async def _limited(request: Request) -> bytes:
    chunks, size = [], 0
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > MOST_BYTES:
        raise _too_large()
    async for chunk in request.stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise _too_large()
    return b"".join(chunks)


def _too_large() -> ApiError:
    return ApiError(413, f"The body has more than {MOST_BYTES >> 20} MB.", code="too_large")


async def body_of(request: Request) -> bytes:
    """The body. Raises ApiError: no JSON by its type, or it does not come."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415, "Send JSON, with `Content-Type: application/json`.", code="not_json")
    try:
        async with asyncio.timeout(_SECONDS):
            return await _limited(request)
    except TimeoutError as error:
        raise ApiError(408, "The body did not come in time.", code="timeout") from error
