"""Shared answers: who may open them, and what they show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.generation.models import Share, Trace
from apps.generation.withholding import drawn_from
from apps.generation.wording import REMOVED
from apps.knowledge.access import Scope, quotable_versions


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """An answer as others may read it. `is_removed`: a source was deleted, and the text with it."""

    uuid: UUID
    trace: UUID
    question: str
    text: str
    short_answer: str
    is_answered: bool
    is_removed: bool
    citations: Sequence[Mapping[str, Any]]
    asked_at: datetime
    shared_at: datetime
    shared_by: str
    is_own: bool
    conversation: UUID | None  # where it stands, for its owner


def share_create(*, trace: UUID, by: User) -> Share:
    """Let others open the user's own answer. Shared again it keeps its link. Raises NotFound."""
    share, _ = Share.objects.get_or_create(trace=_own(trace, by))
    return share


def share_delete(*, trace: UUID, by: User) -> None:
    """End the sharing of one's own answer: its link leads nowhere. Safe to repeat; NotFound."""
    Share.objects.filter(trace=_own(trace, by)).delete()


def share_end(*, uuid: UUID, by: User) -> None:
    """End a share of the user's own by its link. Raises NotFound."""
    share = Share.objects.filter(uuid=uuid, trace__user=by).first()
    if share is None:
        raise NotFound(gettext("There is no such shared answer of yours."))
    share.delete()


def shared_answer(uuid: UUID, *, by: User) -> SharedAnswer:
    """The shared answer for a reader who may read every document that it cites.

    Raises NotFound with code `not_found` when there is no such share, `sources_not_readable` when
    a source is missing or out of the reader's reach: nothing of the answer is told then.
    """
    found = (
        Share.objects.select_related("trace__user", "trace__conversation").filter(uuid=uuid).first()
    )
    if found is None:
        raise NotFound(gettext("There is no such shared answer, or it is no longer shared."))
    trace = found.trace
    cited = drawn_from(trace)
    if quotable_versions(Scope.of(by)).filter(uuid__in=cited).count() < len(cited):
        raise NotFound(
            gettext("You may not read every document that this answer was drawn from."),
            code="sources_not_readable",
        )
    is_own = trace.user_id == by.pk
    return SharedAnswer(
        uuid=found.uuid,
        trace=trace.uuid,
        question=trace.question,
        text=trace.answer,
        short_answer=trace.short_answer,
        is_answered=trace.is_answered,
        is_removed=trace.answer in REMOVED.values(),
        citations=trace.citations,
        asked_at=trace.created_at,
        shared_at=found.created_at,
        shared_by=trace.user.get_full_name() or trace.user.get_username(),
        is_own=is_own,
        conversation=trace.conversation.uuid if is_own and trace.conversation else None,
    )


def _own(trace: UUID, by: User) -> Trace:
    found = Trace.objects.filter(uuid=trace, user=by, kind=Trace.Kind.ASK).first()
    if found is None:
        raise NotFound(gettext("There is no such answer of yours to share."))
    return found
