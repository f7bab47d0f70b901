"""Ollama's addresses that write."""

from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.errors import ClawdbotError
from apps.gateway import bodies
from apps.gateway.asked import Asked, Ended, Reply
from apps.gateway.ollama.errors import body_of
from apps.gateway.ollama.requests import ChatRequest, GenerateRequest, Writing
from apps.gateway.ollama.shapes import OllamaWriter, Shape
from apps.gateway.sources import headers
from apps.gateway.streaming import collected, streamed
from apps.gateway.views import GatewayView
from apps.generation.upstream import Usage


class OllamaView(GatewayView):
    """Errors as Ollama's clients know them."""

    def error_body(self, error: ClawdbotError) -> tuple[dict[str, Any], int]:
        """`{"error": "..."}`."""
        return body_of(error), error.status

    def replied(self, form: Writing, asked: Asked, *, is_chat: bool) -> HttpResponseBase:
        """The reply, in lines as it comes or in one piece."""
        events = self.events(asked)
        shape = Shape(form.model, self.asker().site, is_chat=is_chat)
        if form.is_streamed:
            return streamed(events, OllamaWriter(shape), self.request)
        reply = collected(events, self.request)
        return Response(shape.whole(reply), headers=headers(reply.ended.answer))

    def loaded(self, form: Writing, *, is_chat: bool) -> Response:
        """To nothing that was said: these clients ask so that a model is loaded."""
        shape = Shape(form.model, self.asker().site, is_chat=is_chat)
        self.prepared(form.model)
        return Response(shape.whole(Reply("", Ended("load", Usage()))))


class Chat(OllamaView):
    """`/api/chat`."""

    def post(self, request: Request) -> HttpResponseBase:
        """The next message of a conversation."""
        form = bodies.read(ChatRequest, request.data)
        if not form.messages:
            return self.loaded(form, is_chat=True)
        return self.replied(form, form.asked(), is_chat=True)


class Generate(OllamaView):
    """`/api/generate`."""

    def post(self, request: Request) -> HttpResponseBase:
        """The reply to one prompt."""
        form = bodies.read(GenerateRequest, request.data)
        if not form.prompt:
            return self.loaded(form, is_chat=False)
        return self.replied(form, form.asked(), is_chat=False)
