"""The HTTP interface of a model server."""

import hmac

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from apps.serving.http import generation, state, texts
from apps.serving.http.errors import ApiError
from apps.serving.http.reading import service_of
from apps.serving.http.service import Service

_OPEN_PATHS = frozenset({"/healthz"})
_MESSAGES = {
    404: "There is nothing at this address.",
    405: "This address takes another method.",
}


class Gate:
    """Refuses browsers, and clients without the key.

    The port is open to everyone on this machine, so a page in somebody's browser could reach it:
    browsers say where a page comes from (`Origin`), other clients do not.
    """

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app, self._key = app, f"Bearer {key}".encode() if key else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal.response() if refusal else self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> ApiError | None:
        headers = Headers(scope=scope)
        if "origin" in headers:
            return ApiError(403, "Pages in a browser are not served here.", code="origin")
        shown = headers.get("authorization", "").encode()
        if (
            self._key
            and scope["path"] not in _OPEN_PATHS
            and not hmac.compare_digest(shown, self._key)
        ):
            text = "Send the server's key as `Authorization: Bearer <key>`."
            return ApiError(401, text, code="invalid_api_key")
        return None


def application(service: Service) -> Starlette:
    """The routes over one service."""
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", generation.chat, methods=["POST"]),
            Route("/v1/completions", generation.completions, methods=["POST"]),
            Route("/v1/embeddings", texts.embeddings, methods=["POST"]),
            Route("/v1/models", state.models),
            Route("/v1/models/{name:path}", state.model),
            Route("/tokenize", texts.tokenize, methods=["POST"]),
            Route("/detokenize", texts.detokenize, methods=["POST"]),
            Route("/healthz", state.health),
            Route("/metrics", state.metrics),
        ],
        middleware=[Middleware(Gate, key=service.key)],
        exception_handlers={
            ApiError: _refused,
            HTTPException: _not_routed,
            ClientDisconnect: _left,
            Exception: _failed,
        },
    )
    app.state.service = service
    return app


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    service_of(request).figures.count(error.code or "refused")
    return error.response()


async def _not_routed(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return ApiError(status, _MESSAGES.get(status, "Refused."), code=f"http_{status}").response()


async def _left(_request: Request, _error: Exception) -> Response:
    return Response(status_code=499)


async def _failed(_request: Request, _error: Exception) -> Response:
    """A bug; the traceback is in the log."""
    return ApiError(500, "The server made a mistake; its log says more.", code="bug").response()
