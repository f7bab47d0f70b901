"""Questions that the documents did not answer well: noted for curators, never with who asked.

What curators may see, and why: docs/adr/0007-what-curators-see.md.
"""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Invalid, NotFound
from apps.generation.models import Asking, Feedback, OpenQuestion, Trace
from apps.generation.question_keys import question_key
from apps.knowledge.access import Scope, collections_of
from apps.knowledge.models import Collection, Document, Permission

MAX_NOTE_CHARACTERS = 2000
State = OpenQuestion.State
logger = logging.getLogger(__name__)
# A question that was asked again with "regenerate" counts once; what was sent by hand stays.
_COUNTED = Q(askings__trace__is_replaced=False) | Q(askings__kind=Asking.Kind.REPORTED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open questions are listed. `newest` orders by the last asking, else by how many."""

    state: str = State.OPEN
    collection: UUID | None = None
    text: str = ""
    newest: bool = False


def asking_note(
    *, trace: Trace, kind: Asking.Kind, note: str = "", asked_in: Scope | None = None
) -> None:
    """Note that an answer left its question open. Safe to repeat; a later note replaces the first.

    `asked_in`: where it was asked, when that is known. A question that was settled is open again,
    one that was dismissed stays so. At most four queries; a database that refuses is logged, never
    raised: an answer must not fail for its statistics.
    """
    if trace.kind != Trace.Kind.ASK:
        return
    try:
        with transaction.atomic():
            _note(trace, kind, note[:MAX_NOTE_CHARACTERS], asked_in)
    except DatabaseError:
        logger.exception("The open question of trace %s was not noted", trace.uuid)


def asking_take_back(*, trace: Trace, kind: Asking.Kind) -> None:
    """Forget that this answer left its question open in this way; safe to repeat."""
    if Asking.objects.filter(trace=trace, kind=kind).delete()[0]:
        orphans_remove()


def question_report(*, trace: UUID, by: User, note: str = "") -> None:
    """Send the question of one's own answer to its curator, once. Raises NotFound, Invalid."""
    if len(note) > MAX_NOTE_CHARACTERS:
        raise Invalid(
            gettext("A note to the curator may have %(most)s characters.")
            % {"most": f"{MAX_NOTE_CHARACTERS:,}"}
        )
    asked = Trace.objects.filter(uuid=trace, user=by, kind=Trace.Kind.ASK).first()
    if asked is None:
        raise NotFound(gettext("There is no such answer of yours to send to the curator."))
    asking_note(trace=asked, kind=Asking.Kind.REPORTED, note=note.strip())


def orphans_remove() -> int:
    """Remove questions whose askings are all gone with their traces; returns how many."""
    return OpenQuestion.objects.filter(askings=None).delete()[0]


def questions_of(by: User) -> QuerySet[OpenQuestion]:
    """The questions that `by` curates: of collections they manage; superusers also those of none.

    Questions without an asking that counts are left out; `asked` says how many answers count.
    """
    managed = Q(collection__in=collections_of(by, Permission.MANAGE).order_by().values("pk"))
    if by.is_superuser:
        managed |= Q(collection=None)
    return _counted(OpenQuestion.objects.filter(managed))


def open_questions_in(collection: Collection) -> int:
    """How many questions of the collection wait for a curator; one query."""
    waiting = OpenQuestion.objects.filter(collection=collection, state=State.OPEN)
    return _counted(waiting).count()


def open_question_list(*, by: User, wanted: Wanted) -> QuerySet[OpenQuestion]:
    """What `by` curates, with `asked`, its collection, its nearest document and its askings.

    Each asking brings its trace with the verdicts on it (`trace.feedback`), newest first.
    """
    found = questions_of(by).filter(state=wanted.state)
    if wanted.collection:
        found = found.filter(collection__uuid=wanted.collection)
    if wanted.text.strip():
        found = found.filter(text__icontains=wanted.text.strip())
    order = ("-last_asked_at", "-pk") if wanted.newest else ("-asked", "-last_asked_at", "-pk")
    verdicts = Feedback.objects.filter(verdict=Feedback.Verdict.DOWN)
    askings = (
        Asking.objects.order_by("-created_at")
        .select_related("trace")
        .prefetch_related(Prefetch("trace__feedback", queryset=verdicts))
    )
    return (
        found.select_related("collection", "nearest", "settled_by")
        .prefetch_related(Prefetch("askings", queryset=askings))
        .order_by(*order)
    )


def state_counts(by: User) -> dict[str, int]:
    """How many questions of each state are on the desk of `by`; one query."""
    mine = OpenQuestion.objects.filter(pk__in=questions_of(by).values("pk"))
    counted = mine.order_by().values_list("state").annotate(count=Count("pk"))
    return dict.fromkeys(State.values, 0) | dict(counted)


def open_question_get(*, uuid: UUID, by: User) -> OpenQuestion:
    """One of those that `by` curates. Raises NotFound for any other."""
    found = questions_of(by).select_related("collection", "nearest").filter(uuid=uuid).first()
    if found is None:
        raise NotFound(gettext("There is no such question on your desk."))
    return found


def open_count(by: User) -> int:
    """How many questions wait on the desk of `by`; one query."""
    return questions_of(by).filter(state=State.OPEN).count()


def question_settle(*, question: OpenQuestion, by: User) -> None:
    """It is answered from now on. Safe to repeat; opens again when it is asked in vain again."""
    _set_state(question, State.ANSWERED, by)


def question_dismiss(*, question: OpenQuestion, by: User, why: str) -> None:
    """It gets no answer; asked again, it stays dismissed. Safe to repeat. Raises Invalid."""
    if why not in OpenQuestion.Why.values:
        raise Invalid(gettext("Say why the question is dismissed."), details={"why": why})
    _set_state(question, State.DISMISSED, by, why)


def question_reopen(*, question: OpenQuestion, by: User) -> None:
    """Back on the desk. Safe to repeat."""
    _set_state(question, State.OPEN, by)


def _set_state(question: OpenQuestion, state: OpenQuestion.State, by: User, why: str = "") -> None:
    open_question_get(uuid=question.uuid, by=by)
    is_open = state == State.OPEN
    OpenQuestion.objects.filter(pk=question.pk).update(
        state=state,
        dismissed_why=why,
        settled_at=None if is_open else clock.now(),
        settled_by=None if is_open else by,
    )


def _note(trace: Trace, kind: Asking.Kind, note: str, asked_in: Scope | None) -> None:
    """In the caller's transaction."""
    earlier = None if asked_in else Asking.objects.filter(trace=trace).select_related("question")
    asking = earlier.first() if earlier is not None else None
    question = asking.question if asking else _question_of(trace, asked_in)
    _asked_again(question, trace)
    Asking.objects.bulk_create(
        [Asking(question=question, trace=trace, kind=kind, note=note)],
        update_conflicts=True,
        unique_fields=["trace", "kind"],
        update_fields=["note"],
    )


def _question_of(trace: Trace, asked_in: Scope | None) -> OpenQuestion:
    """The row of this question where it belongs, made when it is asked for the first time."""
    text = trace.search_query or trace.question  # a follow-up says nothing without its subject
    collection_id, document_id = _place_of(trace)
    if asked_in and len(asked_in.visible_ids) == 1:
        (collection_id,) = asked_in.visible_ids
    place: dict[str, Any] = {"key": question_key(text), "collection_id": collection_id}
    question, _ = OpenQuestion.objects.get_or_create(
        **place,
        defaults={
            "text": text.strip(),
            "nearest_id": document_id,
            "last_asked_at": trace.created_at,
        },
    )
    return question


def _place_of(trace: Trace) -> tuple[int | None, int | None]:
    """Collection and document of what was cited, else of what came closest."""
    nearest = next(iter([*trace.citations, *trace.candidates]), None)
    if nearest is None:
        return None, None
    ids = Document.objects.filter(uuid=nearest["document"]).values_list("collection_id", "pk")
    return ids.first() or (None, None)


def _asked_again(question: OpenQuestion, trace: Trace) -> None:
    """Newer than what is known? Then the row says so; what was thought settled is open again."""
    if question.last_asked_at < trace.created_at:
        OpenQuestion.objects.filter(pk=question.pk).update(last_asked_at=trace.created_at)
    if question.state == State.ANSWERED:
        OpenQuestion.objects.filter(pk=question.pk).update(
            state=State.OPEN, settled_at=None, settled_by=None
        )


def _counted(questions: QuerySet[OpenQuestion]) -> QuerySet[OpenQuestion]:
    """Those that at least one answer left open, with `asked`: how many."""
    asked = Count("askings__trace", filter=_COUNTED, distinct=True)
    return questions.annotate(asked=asked).filter(asked__gt=0)
