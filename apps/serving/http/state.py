"""GET /healthz, /metrics, /v1/models."""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from apps.serving.http.errors import ApiError
from apps.serving.http.reading import service_of
from apps.serving.http.service import Service, State

_STARTED = int(time.time())


async def health(request: Request) -> Response:
    """200 when questions are answered, else 503 with the same fields."""
    service = service_of(request)
    return JSONResponse(service.health(), 200 if service.state == State.OK else 503)


async def metrics(request: Request) -> Response:
    """Prometheus' text format."""
    text = service_of(request).figures.text()
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


async def models(request: Request) -> Response:
    """The one model that is here."""
    return JSONResponse({"object": "list", "data": [_model(service_of(request))]})


async def model(request: Request) -> Response:
    """The model of that name."""
    service = service_of(request)
    name = request.path_params["name"]
    if name != service.plan.name:
        text = f"The model `{name}` is not here; this server has `{service.plan.name}`."
        raise ApiError(404, text, code="model_not_found", param="model")
    return JSONResponse(_model(service))


def _model(service: Service) -> dict[str, object]:
    return {
        "id": service.plan.name, "object": "model", "created": _STARTED,
        "owned_by": "clawdbot", "context_length": service.plan.context,
        "is_embedding": service.plan.is_embedding,
    }  # fmt: skip
