"""A user's conversations."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Invalid, NotFound
from apps.generation.courtesy import COURTESY
from apps.generation.models import Conversation, Trace, TraceSource
from apps.generation.open_questions import orphans_remove
from apps.generation.turn_order import in_place
from apps.knowledge.access import Scope, quotable_versions

TITLE_CHARACTERS = 80
MAX_TITLE_CHARACTERS = 300
MAX_QUERY_CHARACTERS = 200
_TURNS = Trace.objects.filter(kind=Trace.Kind.ASK, is_replaced=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """How much some conversations hold."""

    conversations: int
    turns: int
    shares: int


def conversation_create(
    *, by: User, title: str = "", narrowing: Mapping[str, Any] | None = None
) -> Conversation:
    """Open an empty conversation; without a title its first question becomes the title.

    Raises NotFound when `narrowing` names a collection that the user may not read.
    """
    _require_readable(narrowing, by)
    return Conversation.objects.create(
        user=by, title=title.strip()[:TITLE_CHARACTERS], narrowing=dict(narrowing or {})
    )


def conversation_list(*, by: User, query: str = "") -> QuerySet[Conversation]:
    """The user's own conversations, last used first.

    With `query`, those that have each of its words in their title, a question or an answer. Answers
    drawn from documents that may no longer be read are not looked into.
    """
    found = Conversation.objects.filter(user=by)
    if words := _words(query):
        scope = Scope.of(by)
        for word in words:
            found = found.filter(_mentions(word, scope))
    return found


def conversation_history(
    *, by: User, query: str = "", only_shared: bool = False
) -> QuerySet[Conversation]:
    """The list for people: those in which something was asked, with what they hold.

    `only_shared`: those with an answer that others may open. Each row has `turn_count`,
    `share_count`, `first_question`, `last_question` and, with `query`, `found_question`: one that
    has a word of it, or None.
    """
    turns = _TURNS.filter(conversation=OuterRef("pk")).order_by("created_at", "pk")
    links = Trace.objects.filter(conversation=OuterRef("pk"), share__isnull=False).order_by()
    shared = links.values("conversation")
    counted = turns.order_by().values("conversation")
    mentioned = Q(pk=None)
    for word in _words(query):
        mentioned |= Q(question__icontains=word)
    listed = conversation_list(by=by, query=query).filter(Exists(turns))
    if only_shared:
        listed = listed.filter(Exists(links))
    return listed.order_by("-updated_at", "-pk").annotate(
        turn_count=Subquery(counted.annotate(n=Count("pk")).values("n")),
        share_count=Coalesce(Subquery(shared.annotate(n=Count("pk")).values("n")), 0),
        first_question=Subquery(turns.values("question")[:1]),
        last_question=Subquery(turns.reverse().values("question")[:1]),
        found_question=Subquery(turns.filter(mentioned).values("question")[:1]),
    )


def conversation_get(*, uuid: UUID, by: User) -> Conversation:
    """One of the user's own. Raises NotFound for any other."""
    found = Conversation.objects.filter(uuid=uuid, user=by).first()
    if found is None:
        raise NotFound(_("There is no such conversation of yours. Leave it out to start afresh."))
    return found


def conversation_resume(*, uuid: UUID, by: User) -> Conversation:
    """The user's conversation with this id, opened when it is not there (yet, or any more)."""
    return Conversation.objects.get_or_create(uuid=uuid, user=by)[0]


def conversation_update(
    *,
    conversation: Conversation,
    by: User,
    title: str | None = None,
    narrowing: Mapping[str, Any] | None = None,
) -> Conversation:
    """Rename it or narrow it; None leaves as it is. It keeps its place in the list.

    Raises NotFound when it is not the user's or `narrowing` names a collection they may not read,
    Invalid for a title without a letter.
    """
    found = conversation_get(uuid=conversation.uuid, by=by)
    if title is not None:
        found.title = _title(title)
    if narrowing is not None:
        _require_readable(narrowing, by)
        found.narrowing = dict(narrowing)
    Conversation.objects.filter(pk=found.pk).update(title=found.title, narrowing=found.narrowing)
    return found


def conversations_contents(*, uuids: Collection[UUID] | None, by: User) -> Contents:
    """What deleting these of the user's own (None: all) would take along. Three queries."""
    own = _own(uuids, by)
    traces = Trace.objects.filter(conversation__in=own)
    return Contents(
        conversations=own.count(),
        turns=traces.filter(kind=Trace.Kind.ASK, is_replaced=False).count(),
        shares=traces.filter(share__isnull=False).count(),
    )


def conversation_delete(*, conversation: Conversation, by: User) -> None:
    """Remove it with its questions, answers, verdicts and shared links.

    Raises NotFound if not the user's.
    """
    conversation_get(uuid=conversation.uuid, by=by)
    conversations_delete(uuids=[conversation.uuid], by=by)


@transaction.atomic
def conversations_delete(*, uuids: Collection[UUID] | None, by: User) -> int:
    """Remove these of the user's own, None: all; returns how many. Others' are passed over."""
    doomed = _own(uuids, by)
    count = len(doomed.select_for_update().values_list("pk", flat=True))
    doomed.delete()
    orphans_remove()
    return count


def has_turn(*, conversation: UUID, trace: UUID) -> bool:
    """Whether the answer `trace` was given in the conversation."""
    return Trace.objects.filter(uuid=trace, conversation__uuid=conversation).exists()


def turn_add(conversation: Conversation, question: str) -> None:
    """Note that a question was asked in it: moves it to the top, names it when it has no title.

    A title given while the answer was being written stays; one deleted meanwhile is passed over.
    """
    name = question.strip()[:TITLE_CHARACTERS]
    title = Case(When(title="", then=Value(name)), default=F("title"))
    stored = Conversation.objects.filter(pk=conversation.pk)
    stored.update(title=title, updated_at=clock.now())


def previous_question(conversation: Conversation, *, before: Trace | None = None) -> str:
    """What the last question was understood as; empty in a fresh conversation.

    Answers that were replaced do not count, nor does what asked nothing. `before`: only what
    stands before this one.
    """
    asked = conversation.traces.filter(kind=Trace.Kind.ASK).exclude(engine=COURTESY)
    kept = ("question", "search_query", "is_replaced")
    turns = in_place(asked.only(*kept).order_by("created_at", "pk"))
    if before is not None:
        turns = list(takewhile(lambda turn: turn.pk != before.pk, turns))
    return (turns[-1].search_query or turns[-1].question) if turns else ""


def _own(uuids: Collection[UUID] | None, by: User) -> QuerySet[Conversation]:
    own = Conversation.objects.filter(user=by)
    return own if uuids is None else own.filter(uuid__in=uuids)


def _title(title: str) -> str:
    if not (kept := title.strip()[:MAX_TITLE_CHARACTERS]):
        raise Invalid(_("A conversation needs a title."))
    return kept


def _require_readable(narrowing: Mapping[str, Any] | None, by: User) -> None:
    if collections := (narrowing or {}).get("collections"):
        Scope.of(by).narrowed({UUID(str(one)) for one in collections})


def _words(query: str) -> list[str]:
    return list(dict.fromkeys(query[:MAX_QUERY_CHARACTERS].split()))


def _mentions(word: str, scope: Scope) -> Q:
    turns = _TURNS.filter(conversation=OuterRef("pk"))
    withheld = TraceSource.objects.filter(trace=OuterRef("pk")).exclude(
        version_id__in=quotable_versions(scope).values("pk")
    )
    return (
        Q(title__icontains=word)
        | Exists(turns.filter(question__icontains=word))
        | Exists(turns.filter(~Exists(withheld), answer__icontains=word))
    )
