"""OpenAI's addresses that write."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import ClawdbotError, Invalid
from apps.gateway import bodies, names
from apps.gateway.asked import Asked
from apps.gateway.openai.errors import body_of
from apps.gateway.openai.requests import ChatRequest, CompletionRequest, Writing
from apps.gateway.openai.shapes import OpenAIWriter, Shape
from apps.gateway.sources import headers
from apps.gateway.streaming import collected, streamed
from apps.gateway.views import GatewayView


class OpenAIView(GatewayView):
    """Errors as OpenAI's clients know them."""

    def error_body(self, error: ClawdbotError) -> tuple[dict[str, Any], int]:
        """`{"error": {...}}`."""
        return body_of(error), error.status

    def replied(self, form: Writing, asked: Asked, *, is_chat: bool) -> HttpResponseBase:
        """The reply, as it comes or in one piece."""
        events = self.events(asked)
        shape = Shape(asked.model, self.asker().site, is_chat=is_chat)
        if form.stream:
            return streamed(events, OpenAIWriter(shape, has_usage=form.has_usage), self.request)
        reply = collected(events, self.request)
        return Response(shape.whole(reply), headers=headers(reply.ended.answer))


class ChatCompletions(OpenAIView):
    """`/v1/chat/completions`."""

    def post(self, request: Request) -> HttpResponseBase:
        """The next message of a conversation."""
        form = bodies.read(ChatRequest, request.data)
        return self.replied(form, form.asked(), is_chat=True)


class Completions(OpenAIView):
    """`/v1/completions`."""

    def post(self, request: Request) -> HttpResponseBase:
        """How a text goes on; for language models only."""
        form = bodies.read(CompletionRequest, request.data)
        asked = form.asked()
        if names.is_knowledge(asked.model):
            raise Invalid(
                _("%(model)s answers questions: ask it at /v1/chat/completions.")
                % {"model": names.KB},
                details={"param": "model"},
            )
        return self.replied(form, asked, is_chat=False)
