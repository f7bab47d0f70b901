"""Anthropic's addresses."""

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import ClawdbotError
from apps.gateway import bodies, names
from apps.gateway.anthropic.errors import body_of
from apps.gateway.anthropic.requests import Conversation, MessagesRequest
from apps.gateway.anthropic.shapes import AnthropicWriter, Shape
from apps.gateway.counting import tokens_in
from apps.gateway.names import Talker
from apps.gateway.sources import headers
from apps.gateway.streaming import collected, streamed
from apps.gateway.talking import target_of
from apps.gateway.views import GatewayView
from apps.generation import upstream


class AnthropicView(GatewayView):
    """Errors as Anthropic's clients know them."""

    def error_body(self, error: ClawdbotError) -> tuple[dict[str, Any], int]:
        """`{"type": "error", ...}`."""
        return body_of(error)


class Messages(AnthropicView):
    """`/v1/messages`."""

    def post(self, request: Request) -> HttpResponseBase:
        """The next message of a conversation."""
        form = bodies.read(MessagesRequest, request.data)
        asked = form.asked()
        events = self.events(asked)
        if not form.stream:
            reply = collected(events, request)
            shape = Shape(form.model, self.asker().site)
            return Response(shape.whole(reply), headers=headers(reply.ended.answer))
        # These clients want the count of what they sent before the first word.
        shape = Shape(form.model, self.asker().site, read=tokens_in(asked.texts))
        return streamed(events, AnthropicWriter(shape), request)


class CountTokens(AnthropicView):
    """`/v1/messages/count_tokens`."""

    def post(self, request: Request) -> Response:
        """How many tokens these messages have, as the model's server or the embedder counts."""
        form = bodies.read(Conversation, request.data)
        texts = [turn.text for turn in form.turns()]
        meant = names.meant(form.model, self.asker().user)
        counted = None
        if isinstance(meant, Talker):
            counted = upstream.count_tokens(target_of(meant.name), "\n".join(texts))
        return Response({"input_tokens": tokens_in(texts) if counted is None else counted})
