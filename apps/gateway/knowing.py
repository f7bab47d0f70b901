"""Replies out of documents."""

from collections.abc import Generator, Iterator
from dataclasses import fields
from typing import cast

from django.utils.translation import gettext as _

from apps.core import metering
from apps.core.errors import Invalid
from apps.gateway.asked import Asked, Ended, Event, Piece, Role, Tools, Waiting
from apps.gateway.counting import tokens_in
from apps.gateway.keys import Asker
from apps.gateway.names import Knowledge
from apps.gateway.sources import Site, nearest_lines
from apps.generation import followups
from apps.generation.answer import answer_stream
from apps.generation.answers import Answer, Question, StatusEvent, TokenEvent
from apps.generation.upstream import Usage

QUEUED = "queued"  # the stage of a StatusEvent


def replied(asked: Asked, knowledge: Knowledge, asker: Asker) -> Iterator[Event]:
    """The answer's pieces as they come, then Ended with the answer.

    Raises at the call Invalid: no question, tools that must be called. Later what
    `answer_stream` raises.
    """
    metering.kind_is(metering.Kind.ASK)
    if asked.tools is Tools.REQUIRED:
        raise Invalid(
            _("%(model)s answers from documents and calls no tools. Leave tool_choice out.")
            % {"model": knowledge.name},
            details={"param": "tool_choice"},
        )
    return _events(asked, answer_stream(question_of(asked, knowledge, asker)), asker.site)


def question_of(asked: Asked, knowledge: Knowledge, asker: Asker) -> Question:
    """The last thing that the user said, understood by what they asked before it.

    Instructions (`system`) do not count: what is answered, and from what, is not theirs to say.
    Raises Invalid where there is nothing that the user said.
    """
    said = [turn.text.strip() for turn in asked.turns if turn.role is Role.USER]
    if asked.prompt is not None:
        said = [asked.prompt]
    if not said or not said[-1]:
        raise Invalid(
            _("There is no question: send at least one message with the role “user”."),
            details={"param": "messages"},
        )
    previous = ""
    for earlier in filter(None, said[:-1]):
        previous = followups.search_query(earlier, previous=previous)
    return Question(
        text=said[-1],
        scope=knowledge.scope,
        user=asker.user,
        profile=asked.profile,
        previous=previous,
        key=asker.key,
        priority=asker.priority,
    )


def _events(
    asked: Asked, events: Iterator[StatusEvent | TokenEvent | Answer], site: Site
) -> Iterator[Event]:
    is_begun = False
    try:
        for event in events:
            if isinstance(event, TokenEvent):
                is_begun = True
                yield Piece(event.text)
            elif isinstance(event, StatusEvent):
                if event.stage == QUEUED:
                    yield Waiting(event.position, event.wait_s)
            else:
                if not is_begun:
                    yield Piece(f"{event.text}{nearest_lines(event, site)}")
                yield Ended("stop", _usage(asked, event), answer=event)
    finally:
        cast(Generator[object], events).close()


def _usage(asked: Asked, answer: Answer) -> Usage:
    """As the language model counted; where there is none, what was said, without passages."""
    if not answer.usage:
        return Usage(tokens_in(asked.texts), tokens_in([answer.text]))
    counted = (answer.usage.get(one.name, 0) for one in fields(Usage))
    return Usage(*counted)
