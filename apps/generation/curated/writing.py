"""Writing curated answers: only for collections that one manages, only with sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Conflict, Invalid, NotFound
from apps.generation.curated.locating import Place, Quote, places
from apps.generation.models import CuratedAnswer, CuratedQuestion, CuratedSource
from apps.generation.question_keys import question_key
from apps.knowledge import access
from apps.knowledge.access import Scope, collections_of, documents_of, versions_kept
from apps.knowledge.models import Collection, Permission

MAX_ANSWER_CHARACTERS = 8000
MAX_QUESTION_CHARACTERS = 2000
MAX_QUOTE_CHARACTERS = 2000
MOST_QUESTIONS = 30
MOST_SOURCES = 8


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A passage that holds the answer up: words of a document, exactly as it has them."""

    document: UUID
    quote: str


@dataclass(frozen=True, slots=True)
class CuratedDraft:
    """A curated answer as its writer hands it in. The first question is its title."""

    collection: Collection
    text: str
    questions: Sequence[str]
    sources: Sequence[SourceDraft]


def curated_answer_save(
    *, by: User, draft: CuratedDraft, answer: CuratedAnswer | None = None
) -> CuratedAnswer:
    """Store a new curated answer, or (`answer`) change one; it is in use from now on.

    Raises Invalid without text, question or source, or when a quote does not stand in its document
    as it is now; Conflict when another answer of the collection has one of the questions; NotFound
    and Forbidden as `access.require` of the collection (of both, when it moves).
    """
    access.require(by, Permission.MANAGE, draft.collection)
    if answer is not None:
        access.require(by, Permission.MANAGE, answer.collection)
    questions = _questions(draft.questions)
    text = _bounded(draft.text, MAX_ANSWER_CHARACTERS, gettext("Write the answer."))
    found = _sources(draft.sources, Scope.of(by))
    with transaction.atomic():
        _check_free(questions, draft.collection, answer)
        row = answer or CuratedAnswer(created_by=by)
        row.collection, row.text, row.is_active = draft.collection, text, True
        row.save()
        row.questions.all().delete()
        row.sources.all().delete()
        CuratedQuestion.objects.bulk_create(
            CuratedQuestion(answer=row, text=one, key=key) for key, one in questions.items()
        )
        CuratedSource.objects.bulk_create(
            CuratedSource(
                answer=row,
                document_id=quote.document_id,
                quote=quote.text,
                version_id_quoted=place.version_id,
            )
            for quote, place in found
        )
    return row


def curated_answer_list(*, by: User) -> QuerySet[CuratedAnswer]:
    """Those of collections that `by` manages, last changed first, with questions and sources.

    Left out are those drawn from documents that `by` may not read, or from what was deleted.
    """
    deleted = CuratedSource.objects.exclude(version_id_quoted__in=versions_kept().values("pk"))
    unreadable = CuratedSource.objects.exclude(access.readable(Scope.of(by), at="document"))
    sources = CuratedSource.objects.select_related("document").order_by("pk")
    return (
        CuratedAnswer.objects.filter(
            collection__in=collections_of(by, Permission.MANAGE).order_by().values("pk")
        )
        .exclude(pk__in=unreadable.values("answer"))
        .exclude(pk__in=deleted.values("answer"))
        .select_related("collection")
        .prefetch_related("questions", Prefetch("sources", queryset=sources))
    )


def curated_answer_search(rows: QuerySet[CuratedAnswer], text: str) -> QuerySet[CuratedAnswer]:
    """Those of `rows` that have the text in a question or in the answer."""
    asked = CuratedQuestion.objects.filter(text__icontains=text)
    return rows.filter(Q(text__icontains=text) | Q(pk__in=asked.values("answer_id")))


def curated_answer_get(*, uuid: UUID, by: User) -> CuratedAnswer:
    """One of those that `by` may change. Raises NotFound."""
    found = curated_answer_list(by=by).filter(uuid=uuid).first()
    if found is None:
        raise NotFound(gettext("There is no such curated answer, or you do not manage it."))
    return found


def curated_answer_use(*, answer: CuratedAnswer, by: User, is_active: bool) -> None:
    """Serve it again, or no longer. Safe to repeat.

    Raises Invalid when it has no source left, Conflict when another answer in use has a question
    of it.
    """
    access.require(by, Permission.MANAGE, answer.collection)
    if is_active and not answer.sources.exists():
        raise Invalid(gettext("It has no source any more. Give it one, then it can be used."))
    with transaction.atomic():
        if is_active:
            questions = {one.key: one.text for one in answer.questions.all()}
            _check_free(questions, answer.collection, answer)
        answer.is_active = is_active
        answer.save(update_fields=["is_active", "updated_at"])


def curated_answer_delete(*, answer: CuratedAnswer, by: User) -> None:
    """Remove it for good."""
    access.require(by, Permission.MANAGE, answer.collection)
    CuratedAnswer.objects.filter(pk=answer.pk).delete()


def stepping_aside(answers: Sequence[CuratedAnswer], *, scope: Scope) -> frozenset[int]:
    """Which of them (keys) are not served now: a source is gone or says something else.

    As a reader of `scope` would find them; sources must be fetched already. One query.
    """
    sources = [source for answer in answers for source in answer.sources.all()]
    quotes = [Quote(source.document_id, source.quote) for source in sources]
    found = places(quotes, scope=scope)
    lost = {one.answer_id for one, place in zip(sources, found, strict=True) if place is None}
    return frozenset(lost | {one.pk for one in answers if not one.sources.all()})


def _questions(texts: Sequence[str]) -> dict[str, str]:
    """By key, in order, each once."""
    written = [text.strip() for text in texts if text.strip()]
    if not written:
        raise Invalid(gettext("Write the question that is answered."))
    if len(written) > MOST_QUESTIONS or max(map(len, written)) > MAX_QUESTION_CHARACTERS:
        raise Invalid(
            gettext("At most %(count)s phrasings with %(most)s characters each.")
            % {"count": MOST_QUESTIONS, "most": f"{MAX_QUESTION_CHARACTERS:,}"}
        )
    kept: dict[str, str] = {}
    for text in written:
        kept.setdefault(question_key(text), text)
    return kept


def _sources(drafts: Sequence[SourceDraft], scope: Scope) -> list[tuple[Quote, Place]]:
    if not drafts:
        raise Invalid(
            gettext("Choose at least one source: every answer here says where it stands.")
        )
    if len(drafts) > MOST_SOURCES:
        raise Invalid(gettext("At most %(count)s sources.") % {"count": MOST_SOURCES})
    uuids = [draft.document for draft in drafts]
    known = dict(documents_of(scope).filter(uuid__in=uuids).values_list("uuid", "pk"))
    no_quote = gettext("A source has no quote. Choose the words that answer.")
    quotes = [
        Quote(known.get(draft.document, 0), _bounded(draft.quote, MAX_QUOTE_CHARACTERS, no_quote))
        for draft in drafts
    ]
    found = places(quotes, scope=scope)
    pairs = [(quote, place) for quote, place in zip(quotes, found, strict=True) if place]
    if len(pairs) < len(quotes):
        lost = next(quote for quote, place in zip(quotes, found, strict=True) if place is None)
        raise Invalid(
            gettext("“%(quote)s” does not stand in its document like this. Quote it word for word.")
            % {"quote": lost.text[:80]}
        )
    return pairs


def _bounded(text: str, most: int, when_empty: str) -> str:
    kept = text.strip()
    if not kept:
        raise Invalid(when_empty)
    if len(kept) > most:
        raise Invalid(
            gettext("Too long: %(length)s characters; %(most)s are the most.")
            % {"length": f"{len(kept):,}", "most": f"{most:,}"}
        )
    return kept


def _check_free(
    questions: dict[str, str], collection: Collection, answer: CuratedAnswer | None
) -> None:
    # Two curators must not both find it free: the collection's row makes them take turns.
    Collection.objects.select_for_update().filter(pk=collection.pk).values("pk").first()
    taken = CuratedQuestion.objects.filter(
        key__in=questions, answer__collection=collection, answer__is_active=True
    ).exclude(answer=answer)
    if clash := taken.first():
        raise Conflict(
            gettext("“%(question)s” has a curated answer already. Change that one instead.")
            % {"question": clash.text[:80]},
            details={"question": clash.text},
        )
