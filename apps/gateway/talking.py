"""Replies of language models, passed on from their servers."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

from django.utils.translation import gettext as _

from apps.core import metering
from apps.core.errors import Invalid, NotFound
from apps.gateway import names
from apps.gateway.asked import Asked, Ended, Event, Piece, Role, Tools, Waiting
from apps.gateway.keys import Asker
from apps.gateway.names import Talker
from apps.generation import upstream
from apps.generation.admission import Admission, Queued, admission_events
from apps.generation.upstream import ChatDone, ChatEvent, ChatQueued, Target
from apps.modelhub.models import Model


def replied(asked: Asked, talker: Talker, asker: Asker) -> Iterator[Event]:
    """The reply's pieces as they come, then Ended. Closing it frees the server's place and ours.

    Raises at the call Invalid (tools, a model that only embeds), NotFound, Retryable (the model is
    being loaded); at the first event Overloaded; later what `upstream.chat` raises.
    """
    if asked.tools is not Tools.NONE or any(turn.role is Role.TOOL for turn in asked.turns):
        raise Invalid(
            _("%(model)s is asked without tools here: calling them is not supported yet.")
            % {"model": talker.name},
            details={"param": "tools"},
        )
    if not asked.texts:
        raise Invalid(_("There are no messages."), details={"param": "messages"})
    if Model.objects.filter(name=talker.name, is_embedding=True).exists():
        raise Invalid(
            _("%(model)s makes embeddings and does not talk.") % {"model": talker.name},
            details={"param": "model"},
        )
    target_of(talker.name)
    return _admitted(asked, talker, asker)


def target_of(name: str) -> Target:
    """Where the model answers. Raises NotFound as names does, Retryable (it is being loaded)."""
    try:
        return upstream.target_for(name)
    except NotFound:
        raise names.unknown(name) from None


def _admitted(asked: Asked, talker: Talker, asker: Asker) -> Iterator[Event]:
    for text in asked.texts[-1:]:
        metering.asked(text)
    metering.written_by("model", talker.name)
    admission = yield from _queued(admission_events(asker.caller, priority=asker.priority))
    with admission, metering.timing(metering.Stage.GENERATE):
        spent = 0
        try:
            for event in _asked_of(target_of(talker.name), asked, asker):
                if isinstance(event, ChatDone):
                    counted = event.usage.prompt_tokens + event.usage.completion_tokens
                    spent = max(spent, counted)  # some servers count nothing
                    metering.spent(
                        read=event.usage.prompt_tokens,
                        cached=event.usage.cached_tokens,
                        written=event.usage.completion_tokens,
                    )
                    yield Ended(event.finish_reason, event.usage, event.timings)
                elif isinstance(event, ChatQueued):
                    yield Waiting(event.position, event.wait_s)
                else:
                    spent += 1  # about a token, should nobody come to count them
                    metering.spoke()
                    yield Piece(event.text)
        finally:
            admission.spend(spent)


def _queued(places: Generator[Queued, None, Admission]) -> Generator[Event, None, Admission]:
    with closing(places):
        while True:
            try:
                queued = next(places)
            except StopIteration as end:
                admission: Admission = end.value
                return admission
            yield Waiting(queued.position, queued.wait_s)


def _asked_of(target: Target, asked: Asked, asker: Asker) -> Iterator[ChatEvent]:
    options = replace(asked.options, asker=f"user:{asker.user.pk}")
    if asked.prompt is not None:
        return upstream.complete(target, asked.prompt, options)
    messages = [{"role": str(turn.role), "content": turn.text} for turn in asked.turns]
    return upstream.chat(target, messages, options)
