"""Asking, with the answer in one piece or as a stream of events."""

import itertools
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.exceptions import body_of
from apps.api.narrowing import filters_from, scope_from
from apps.api.negotiation import AnyAccept
from apps.api.serializers.answers import (
    AnswerSerializer,
    AskSerializer,
    EventSerializer,
    citing,
)
from apps.api.signed_in import user_of
from apps.api.traffic import TellsLimits, key_of, priority_of
from apps.api.widget.authentication import WITH_WIDGET
from apps.api.widget.sessions import conversation_begin, session_of
from apps.core import sse
from apps.core.refusals import told
from apps.generation.answer import answer, answer_stream
from apps.generation.answers import Answer, Question, StatusEvent, TokenEvent
from apps.generation.conversations import conversation_get
from apps.generation.degradation import told_in_headers
from apps.generation.models import Conversation
from apps.generation.traces import trace_replaceable

Event = StatusEvent | TokenEvent | Answer
STREAM_DESCRIPTION = """The answer. With `stream` true, server-sent events:
`status` `{"stage"}`, `token` `{"text"}` (the pieces of the answer), `citations` `{"citations"}`,
`done` (the whole answer, as without `stream`), or `error` with the error object. `done` or `error`
is the last event. Lines that begin with a colon keep the connection open. Stages are `queued` (with
`position`, how many questions are before this one, and `wait_s`, about how long that takes; told
each second), `searching`, `reading`."""


class Ask(TellsLimits):
    """Answers with citations."""

    authentication_classes = WITH_WIDGET
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="ask",
        summary="Ask",
        request=AskSerializer,
        responses={
            (200, "application/json"): OpenApiResponse(
                AnswerSerializer, description=STREAM_DESCRIPTION
            ),
            (200, sse.MEDIA_TYPE): EventSerializer,
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """An answer from the documents that may be read, or that they do not hold one.

        Answers are not kept for Idempotency-Key: a repeated question is asked afresh, so that it
        never shows a document deleted since.
        """
        form = AskSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        question = _question(request, form.validated_data)
        if not form.validated_data["stream"]:
            given = answer(question)
            return Response(_body(given), headers=told_in_headers(given))
        feed = sse.Feed(answer_stream(question))
        events = feed.read()
        first = next(events)  # a refusal before the first event is an ordinary error
        return sse.stream(_told(feed, itertools.chain([first], events)))


def _question(request: Request, asked: dict[str, Any]) -> Question:
    user = user_of(request)
    conversation = _conversation(request, asked.get("conversation"))
    replaced = asked.get("replaces")
    return Question(
        text=asked["question"],
        scope=scope_from(request, asked.get("collections")),
        user=user,
        key=key_of(request),
        priority=priority_of(request),
        conversation=conversation,
        profile=asked.get("profile") or "",
        filters=filters_from(asked.get("filters")),
        replaces=trace_replaceable(replaced, conversation=conversation, by=user)
        if replaced
        else None,
    )


def _conversation(request: Request, named: UUID | None) -> Conversation | None:
    """The named one; a widget's session has its own, whatever is named."""
    if session := session_of(request):
        return conversation_begin(session)
    return conversation_get(uuid=named, by=user_of(request)) if named else None


def _body(given: Answer) -> dict[str, Any]:
    return dict(AnswerSerializer(given, context=citing(given.citations)).data)


def _told(feed: sse.Feed[Event], events: Iterator[Event | sse.Silence]) -> Iterator[str]:
    """The events as text. Whatever goes wrong ends the stream with an `error` event."""
    try:
        for event in events:
            yield from _texts(event)
    except Exception as error:  # noqa: BLE001 - the stream's boundary: told, bugs are logged
        yield sse.event("error", body_of(told(error)))
    finally:
        feed.close()


def _status(event: StatusEvent) -> dict[str, Any]:
    if event.stage != "queued":
        return {"stage": event.stage}
    return {"stage": event.stage, "position": event.position, "wait_s": round(event.wait_s, 1)}


def _texts(event: Event | sse.Silence) -> Iterator[str]:
    if isinstance(event, sse.Silence):
        yield sse.KEEP_ALIVE
    elif isinstance(event, StatusEvent):
        yield sse.event("status", _status(event))
    elif isinstance(event, TokenEvent):
        yield sse.event("token", {"text": event.text})
    else:
        body = _body(event)
        yield sse.event("citations", {"citations": body["citations"]})
        yield sse.event("done", body)
