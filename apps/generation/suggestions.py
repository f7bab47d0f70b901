"""Questions worth asking: what an empty question page offers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, zip_longest
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Min, QuerySet

from apps.core import clock
from apps.core.text import detect_language
from apps.generation.courtesy import questions_asked
from apps.generation.models import CuratedAnswer, CuratedSource, Trace
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Collection, Document

PEOPLE = 3  # so many must have asked a question before others see it
POPULAR = 50
CURATED = 50
LOOKED_BACK = timedelta(days=30)
POPULAR_KEY, POPULAR_KEPT_S = "generation.popular_questions", 600


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and the collection that answers it."""

    text: str
    collection: UUID


def suggested_questions(*, scope: Scope, language: str, limit: int) -> list[Suggestion]:
    """At most `limit` questions that the scope's documents answer; those in `language` first.

    In this order: the lists of collections that are read as a whole (in turns), what curators
    answered, what at least three people asked and got answered. Each question once. A fixed number
    of queries.
    """
    found: dict[str, Suggestion] = {}
    for one in chain(_listed(scope), _curated(scope), _popular(scope)):
        found.setdefault(one.text.strip().casefold(), one)
    wanted = "zh" if language.startswith("zh") else "en"
    ordered = sorted(found.values(), key=lambda one: detect_language(one.text) != wanted)
    return ordered[:limit]


def _listed(scope: Scope) -> Iterator[Suggestion]:
    collections = Collection.objects.filter(pk__in=scope.collection_ids, deleted_at=None)
    rows = collections.exclude(suggested_questions=[]).values_list("uuid", "suggested_questions")
    lists = [[Suggestion(text, uuid) for text in texts] for uuid, texts in rows]
    for turn in zip_longest(*lists):
        yield from (one for one in turn if one)


def _curated(scope: Scope) -> Iterator[Suggestion]:
    cited = CuratedSource.objects.filter(answer__is_active=True).values("document")
    readable = set(documents_of(scope).filter(pk__in=cited).values_list("pk", flat=True))
    answers = (
        CuratedAnswer.objects.filter(is_active=True, collection_id__in=scope.visible_ids)
        .select_related("collection")
        .prefetch_related("questions", "sources")
    )
    for answer in answers[:CURATED]:
        question = next(iter(answer.questions.all()), None)
        if question and all(one.document_id in readable for one in answer.sources.all()):
            yield Suggestion(question.text, answer.collection.uuid)


def _popular(scope: Scope) -> Iterator[Suggestion]:
    """Only where all that the answer cites may be read; the question goes with its first source."""
    ids = _popular_ids()
    examples = Trace.objects.filter(is_answered=True).in_bulk(ids)
    asked = [examples[pk] for pk in ids if pk in examples]
    rows = [(trace.question, [one["document"] for one in trace.citations]) for trace in asked]
    readable = _collections_by_document(scope, chain.from_iterable(cited for _, cited in rows))
    for question, cited in rows:
        if cited and all(document in readable for document in cited):
            yield Suggestion(question, readable[cited[0]])


def _collections_by_document(scope: Scope, documents: Iterable[str]) -> dict[str, UUID]:
    found: QuerySet[Document] = documents_of(scope).filter(uuid__in=set(documents))
    rows = found.values_list("uuid", "collection__uuid")
    return {str(document): collection for document, collection in rows}


def _popular_ids() -> list[int]:
    """One trace of each question that enough people asked lately, most asked first.

    Counted every ten minutes. Ids only: what is deleted meanwhile is not suggested.
    """

    def count() -> list[int]:
        since = clock.now() - LOOKED_BACK
        asked = questions_asked().filter(is_answered=True, created_at__gte=since)
        popular = (
            asked.filter(search_query="")  # a follow-up makes no sense alone
            .values("question")
            .annotate(people=Count("user", distinct=True), example=Min("pk"))
            .filter(people__gte=PEOPLE)
            .order_by("-people", "example")
        )
        return list(popular.values_list("example", flat=True)[:POPULAR])

    ids: list[int] = cache.get_or_set(POPULAR_KEY, count, POPULAR_KEPT_S) or []
    return ids
