"""The golden questions that curators collect: what an evaluation in place asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Conflict, Invalid, NotFound
from apps.evaluation.models import GoldenQuestion
from apps.knowledge import access
from apps.knowledge.access import Scope, collections_of, documents_of
from apps.knowledge.models import Collection, Document, Permission

MAX_CHARACTERS = 2000
MAX_QUESTION_BYTES = 2600  # what an index of PostgreSQL takes
MOST_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class GoldenDraft:
    """A question, the texts that count as a right answer, the documents where it stands.

    Without answers it is a question that must be refused.
    """

    collection: Collection
    text: str
    answers: Sequence[str] = ()
    documents: Sequence[UUID] = ()


@transaction.atomic
def golden_question_add(*, by: User, draft: GoldenDraft) -> GoldenQuestion:
    """Add it to the collection's golden set.

    Raises Invalid without a question, for too much text, or for answers without a document of the
    collection; Conflict when the question is there already; NotFound and Forbidden as
    `access.require` (MANAGE).
    """
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
    documents = list(
        documents_of(Scope.of(by)).filter(collection=draft.collection, uuid__in=draft.documents)
    )
    if answers and not documents:
        raise Invalid(gettext("Choose the document of the collection where the answer stands."))
    row, is_new = GoldenQuestion.objects.get_or_create(
        collection=draft.collection, text=text, defaults={"answers": answers, "created_by": by}
    )
    if not is_new:
        raise Conflict(gettext("The golden set has this question already."))
    row.documents.set(documents)
    return row


def golden_question_list(*, by: User) -> QuerySet[GoldenQuestion]:
    """Those of collections that `by` manages, newest first, with their documents.

    Left out are those whose answer stood in a document that was deleted, or that `by` may not read.
    """
    hidden = GoldenQuestion.documents.through.objects.exclude(
        access.readable(Scope.of(by), at="document")
    )
    documents = Document.objects.filter(deleted_at=None).order_by("path")
    return (
        golden_questions_kept()
        .filter(collection__in=collections_of(by, Permission.MANAGE).order_by().values("pk"))
        .exclude(pk__in=hidden.values("goldenquestion"))
        .select_related("collection")
        .prefetch_related(Prefetch("documents", queryset=documents))
        .order_by("-created_at", "-pk")
    )


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
    """Take it out of the set. Raises NotFound."""
    if not golden_question_list(by=by).filter(uuid=uuid).delete()[0]:
        raise NotFound(gettext("There is no such golden question, or you do not manage it."))
