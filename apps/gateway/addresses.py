"""Addresses under /v1/ that OpenAI's and Anthropic's clients share: models, and what there is not.

Anthropic's clients are known by the `anthropic-version` that they always send.
"""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import ClawdbotError, NotFound
from apps.gateway.anthropic import errors as anthropic_errors
from apps.gateway.listing import Listed, model_of, models_of
from apps.gateway.openai import errors as openai_errors
from apps.gateway.views import GatewayView


class SharedView(GatewayView):
    """Speaks as it is spoken to."""

    def error_body(self, error: ClawdbotError) -> tuple[dict[str, Any], int]:
        """In the shape that this client knows."""
        if self.is_anthropic():
            return anthropic_errors.body_of(error)
        return openai_errors.body_of(error), error.status

    def is_anthropic(self) -> bool:
        """Whether one of Anthropic's clients calls."""
        return "anthropic-version" in self.request.headers


class Models(SharedView):
    """`/v1/models`."""

    def get(self, request: Request) -> Response:
        """The models that the caller may use, all on one page."""
        listed = models_of(self.asker().user)
        if not self.is_anthropic():
            return Response({"object": "list", "data": [_of_openai(one) for one in listed]})
        data = [_of_anthropic(one) for one in listed if one.talks]
        ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {}
        return Response({"data": data, "has_more": False, **ends})


class ModelDetail(SharedView):
    """`/v1/models/{name}`."""

    def get(self, request: Request, name: str) -> Response:
        """One of them."""
        listed = model_of(name, self.asker().user)
        return Response((_of_anthropic if self.is_anthropic() else _of_openai)(listed))


class Unknown(SharedView):
    """What is not offered: any method is a 404, whoever asks."""

    permission_classes = [AllowAny]
    authentication_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse before anything else is looked at."""
        raise NotFound(
            _("There is no such address; docs/gateway.md lists them all."), code="unknown_address"
        )


def _of_openai(listed: Listed) -> dict[str, Any]:
    return {
        "id": listed.name,
        "object": "model",
        "created": int(listed.created.timestamp()),
        "owned_by": listed.owner,
        "kind": str(listed.kind),
    }


def _of_anthropic(listed: Listed) -> dict[str, Any]:
    return {
        "type": "model",
        "id": listed.name,
        "display_name": listed.title,
        "created_at": listed.created.isoformat(),
    }
