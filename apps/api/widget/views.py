"""Where a page with the widget gets its token: the only address that answers other origins."""

from typing import Any

from django.http import HttpRequest
from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.serializers.fields import IdField
from apps.api.widget.authentication import own_origin
from apps.api.widget.tokens import CONTINUED, VALID, Pass, token_issue, token_read
from apps.knowledge.models import Widget
from apps.knowledge.widgets import is_listed, widget_for

MAX_TOKEN_CHARS = 1000
PREFLIGHT_KEPT_S = 600


class TokenRequestSerializer(serializers.Serializer[Any]):
    """For which collection. `token`: an earlier one, to go on with its conversation."""

    collection = IdField()
    token = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TOKEN_CHARS)


class TokenSerializer(serializers.Serializer[Any]):
    """A token for the pages of one origin, and how the widget presents itself there."""

    token = serializers.CharField()
    expires_in_s = serializers.IntegerField()
    title = serializers.CharField()
    greeting = serializers.CharField()


class WidgetToken(APIView):
    """Tokens for pages with a widget."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="widget_token",
        summary="Get a token for a page with a widget",
        request=TokenRequestSerializer,
        responses=TokenSerializer,
    )
    def post(self, request: Request) -> Response:
        """For the origin that the browser names; other origins are refused, and so is none.

        Answered with CORS headers only for allowed origins, without credentials.
        """
        form = TokenRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        origin = _origin(request)
        widget = widget_for(
            collection=form.validated_data["collection"],
            origin=origin,
            own_origin=own_origin(request),
        )
        granted = _continued(form.validated_data.get("token", ""), widget, origin)
        body = {
            "token": token_issue(granted),
            "expires_in_s": int(VALID.total_seconds()),
            "title": str(widget),
            "greeting": widget.greeting,
        }
        return Response(
            TokenSerializer(body).data,
            headers={"Access-Control-Allow-Origin": origin, "Cache-Control": "no-store"},
        )

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """The browser's question before the POST; it does not name the collection yet."""
        if not is_listed(_origin(request)):
            return Response(status=204)
        headers = {
            "Access-Control-Allow-Origin": _origin(request),
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "content-type",
            "Access-Control-Max-Age": str(PREFLIGHT_KEPT_S),
        }
        return Response(status=204, headers=headers)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """No cache may give one origin's answer to another."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Origin"])
        return response


def _origin(request: HttpRequest | Request) -> str:
    return str(request.headers.get("Origin", ""))


def _continued(token: str, widget: Widget, origin: str) -> Pass:
    """The session of the earlier token, if it is this widget's on this origin, else a new one."""
    earlier = token_read(token, valid=CONTINUED) if token else None
    if earlier and (earlier.widget, earlier.origin) == (widget.uuid, origin):
        return earlier
    return Pass.first(widget, origin)
