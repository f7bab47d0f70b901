"""The golden questions that curators collect: what an evaluation in place asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Conflict, Invalid, NotFound
from apps.evaluation.models import GoldenQuestion, GoldenSet
from apps.knowledge import access
from apps.knowledge.access import Scope, collections_of, documents_of
from apps.knowledge.models import Collection, Document, Permission

MAX_CHARACTERS = 2000
MAX_QUESTION_BYTES = 2600  # what an index of PostgreSQL takes
MOST_ANSWERS = 20
MAX_TAG_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class GoldenDraft:
    """A question, the texts that count as a right answer, the documents where it stands.

    Without answers it is a question that must be refused. `golden_set` None: the default one.
    """

    collection: Collection
    text: str
    answers: Sequence[str] = ()
    documents: Sequence[UUID] = ()
    golden_set: GoldenSet | None = None
    evidence: str = ""
    tags: Sequence[str] = ()
    origin: str = GoldenQuestion.Origin.MANUAL
    state: str = GoldenQuestion.State.ACTIVE
    harvested_from: UUID | None = None


@transaction.atomic
def golden_question_add(*, by: User, draft: GoldenDraft) -> GoldenQuestion:
    """Add it to the collection's golden set.

    Raises Invalid without a question, for too much text, or for answers without a document of the
    collection; Conflict when the question is there already; NotFound and Forbidden as
    `access.require` (MANAGE).
    """
    text, values, documents = _checked(by, draft)
    row, is_new = GoldenQuestion.objects.get_or_create(
        collection=draft.collection,
        text=text,
        defaults=values
        | {
            "golden_set": draft.golden_set,
            "origin": draft.origin,
            "state": draft.state,
            "harvested_from": draft.harvested_from,
            "created_by": by,
        },
    )
    if not is_new:
        raise Conflict(gettext("The golden set has this question already."))
    row.documents.set(documents)
    return row


@transaction.atomic
def golden_question_change(*, question: GoldenQuestion, by: User, draft: GoldenDraft) -> bool:
    """Make it what the draft says; whether anything differed. Its origin and state stay.

    Raises what `golden_question_add` raises; NotFound when it rests on what `by` may not read.
    """
    access.require(by, Permission.MANAGE, question.collection)
    if _hidden(by).filter(goldenquestion=question).exists():
        raise NotFound(gettext("There is no such golden question, or you do not manage it."))
    text, values, documents = _checked(by, draft)
    others = GoldenQuestion.objects.filter(collection=question.collection, text=text)
    if others.exclude(pk=question.pk).exists():
        raise Conflict(gettext("The golden set has this question already."))
    before = {name: getattr(question, name) for name in values}
    is_same = (question.text, before) == (text, values)
    kept = set(question.documents.values_list("pk", flat=True))
    if is_same and kept == {document.pk for document in documents}:
        return False
    GoldenQuestion.objects.filter(pk=question.pk).update(text=text, **values)
    question.documents.set(documents)
    return True


def golden_questions_take(*, questions: QuerySet[GoldenQuestion], by: User) -> int:
    """Drafts that `by` manages are in use from now on, and nothing leads to their askers any more;
    returns how many. Those with answers and no document stay drafts."""
    mine = golden_question_list(by=by, is_draft=True).filter(pk__in=questions.values("pk"))
    ready = [row.pk for row in mine if not row.answers or row.documents.all()]
    return GoldenQuestion.objects.filter(pk__in=ready).update(
        state=GoldenQuestion.State.ACTIVE, harvested_from=None
    )


def _checked(by: User, draft: GoldenDraft) -> tuple[str, dict[str, Any], list[Document]]:
    """The question's text, its other columns, its documents."""
    access.require(by, Permission.MANAGE, draft.collection)
    text = draft.text.strip()
    answers = [one.strip() for one in draft.answers if one.strip()]
    if not text:
        raise Invalid(gettext("Write the question."))
    if len(text.encode()) > MAX_QUESTION_BYTES:
        raise Invalid(gettext("The question is too long for the golden set. Shorten it."))
    if len(answers) > MOST_ANSWERS or max(map(len, [text, *answers])) > MAX_CHARACTERS:
        raise Invalid(
            gettext("At most %(count)s answers with %(most)s characters each.")
            % {"count": MOST_ANSWERS, "most": f"{MAX_CHARACTERS:,}"}
        )
    tags = ", ".join(dict.fromkeys(tag.strip() for tag in draft.tags if tag.strip()))
    if len(tags) > MAX_TAG_CHARACTERS:
        raise Invalid(gettext("These are too many tags, or too long ones."))
    documents = list(
        documents_of(Scope.of(by)).filter(collection=draft.collection, uuid__in=draft.documents)
    )
    is_draft = draft.state == GoldenQuestion.State.DRAFT
    if answers and not documents and not is_draft:
        raise Invalid(gettext("Choose the document of the collection where the answer stands."))
    evidence = draft.evidence.strip()[:MAX_CHARACTERS]
    return text, {"answers": answers, "evidence": evidence, "tags": tags}, documents


def golden_question_list(*, by: User, is_draft: bool = False) -> QuerySet[GoldenQuestion]:
    """Those in use (or the drafts) of collections that `by` manages, newest first, with documents.

    Left out are those whose answer stood in a document that was deleted, or that `by` may not read.
    """
    documents = Document.objects.filter(deleted_at=None).order_by("path")
    state = GoldenQuestion.State.DRAFT if is_draft else GoldenQuestion.State.ACTIVE
    return (
        GoldenQuestion.objects.filter(
            state=state,
            collection__in=collections_of(by, Permission.MANAGE).order_by().values("pk"),
        )
        .exclude(pk__in=_resting_on_deleted().values("pk"))
        .exclude(pk__in=_hidden(by).values("goldenquestion"))
        .select_related("collection")
        .prefetch_related(Prefetch("documents", queryset=documents))
        .order_by("-created_at", "-pk")
    )


def _hidden(by: User) -> QuerySet[Any]:
    """Places where an answer stands that `by` may not read."""
    places = GoldenQuestion.documents.through.objects
    return places.exclude(access.readable(Scope.of(by), at="document"))


def golden_questions_kept() -> QuerySet[GoldenQuestion]:
    """Those in use with nothing deleted among what their answers were drawn from."""
    return GoldenQuestion.objects.filter(state=GoldenQuestion.State.ACTIVE).exclude(
        pk__in=_resting_on_deleted().values("pk")
    )


def golden_questions_forget() -> int:
    """Remove those whose answers were drawn from what was deleted; returns how many."""
    return (
        GoldenQuestion.objects.filter(pk__in=_resting_on_deleted().values("pk"))
        .delete()[1]
        .get(GoldenQuestion._meta.label, 0)
    )


def _resting_on_deleted() -> QuerySet[GoldenQuestion]:
    """A document is gone, or the version that was searched of it, with none in its place."""
    documents = Document.objects.filter(
        Q(deleted_at__isnull=False) | Q(current_version=None, versions__erased_at__isnull=False)
    )
    return GoldenQuestion.objects.filter(
        Q(documents__in=documents.values("pk")) | Q(collection__deleted_at__isnull=False)
    )


def golden_question_remove(*, uuid: UUID, by: User) -> None:
    """Take it out of the set, a draft too. Raises NotFound."""
    gone = [
        golden_question_list(by=by, is_draft=is_draft).filter(uuid=uuid).delete()[0]
        for is_draft in (False, True)
    ]
    if not any(gone):
        raise NotFound(gettext("There is no such golden question, or you do not manage it."))
