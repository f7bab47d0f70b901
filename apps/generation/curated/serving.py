"""Answering with what a curator wrote, when the question is theirs and the asker may read why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import F

from apps.generation.answers import Question
from apps.generation.citations import MARK
from apps.generation.curated import matching
from apps.generation.curated.catalogue import Entry, catalogue
from apps.generation.curated.locating import cited
from apps.generation.curated.matching import Phrase, phrase_of
from apps.generation.models import CuratedAnswer, CuratedSource
from apps.generation.protocols import Citation
from apps.generation.question_keys import question_key
from apps.knowledge.models import Chunk
from apps.retrieval import language, searched
from apps.retrieval.filters import row_filter
from apps.retrieval.hits import Ranked, read_hits
from apps.retrieval.protocols import SearchResult

CURATED = "curated"  # the engine's name in answers and traces
MOST_TRIED = 3
MOST_EMBEDDED = 8


@dataclass(frozen=True, slots=True)
class Served:
    """A curated answer with its sources as they stand now; `found` holds their passages."""

    answer_id: int
    text: str
    citations: tuple[Citation, ...]
    found: SearchResult


def curated_find(question: Question, query: str) -> Served | None:
    """The curated answer to this question, or None: nobody wrote one, or it must step aside.

    It steps aside when one of its sources is gone, says something else now, is not readable by the
    asker, or lies outside what the question is narrowed to. `query`: what the question is
    understood as. One query when there is no match.
    """
    if question.is_trial:
        return None
    tried: set[int] = set()
    for entry in _matches(question, query):
        if entry.answer_id not in tried and len(tried) < MOST_TRIED:
            tried.add(entry.answer_id)
            if served := _served(entry.answer_id, question):
                return served
    return None


def curated_count(served: Served) -> None:
    """Note that it was served; its last change stays as it was."""
    CuratedAnswer.objects.filter(pk=served.answer_id).update(served_count=F("served_count") + 1)


def with_marks(text: str, sources: int) -> str:
    """The text with `[n]` for its sources: as its writer put them, else all of them at its end."""
    known = range(1, sources + 1)
    kept = MARK.sub(lambda mark: mark[0] if int(mark[1]) in known else "", text.strip())
    if MARK.search(kept):
        return kept
    return kept + "".join(f" [{n}]" for n in known)


def _matches(question: Question, query: str) -> Iterator[Entry]:
    """Entries of the scope's collections, the same words first, then much the same ones."""
    listed = catalogue()
    if not listed.entries:
        return
    allowed = question.scope.visible_ids
    text = question.text.strip()
    for key in dict.fromkeys((question_key(text), question_key(query))):
        yield from (one for one in listed.by_key.get(key, ()) if one.collection_id in allowed)
    if query == text:  # a follow-up is understood by its words before, not by likeness
        yield from _alike(text, [one for one in listed.entries if one.collection_id in allowed])


def _alike(text: str, entries: Sequence[Entry]) -> Iterator[Entry]:
    asked = phrase_of(text)
    same = (entry for entry in entries if matching.is_same(asked, entry.phrase))
    yield from (entry for entry in islice(same, MOST_EMBEDDED) if is_similar(asked, entry.phrase))


def is_similar(asked: Phrase, known: Phrase) -> bool:
    """By meaning, where the embedder knows the language; elsewhere the words have decided."""
    where = searched.current()
    if where.words_only or not language.detect(asked.text).needed <= where.languages:
        return True
    likeness = float(where.vector_of(asked.text) @ where.vector_of(known.text))
    return likeness >= matching.LEAST_SIMILARITY


def _served(answer_id: int, question: Question) -> Served | None:
    answer = CuratedAnswer.objects.filter(pk=answer_id, is_active=True).first()
    if answer is None:
        return None
    sources = list(CuratedSource.objects.filter(answer=answer).order_by("pk"))
    if not _are_inside(sources, question):
        return None
    chunks, citations = cited(sources, scope=question.scope)
    found = _found(chunks, question)
    if not citations or {one.version for one in citations} - {hit.version for hit in found.hits}:
        return None  # none, or deleted a moment ago: who watches over the answer knows `found` only
    return Served(
        answer_id=answer_id,
        text=with_marks(answer.text, len(citations)),
        citations=tuple(citations),
        found=found,
    )


def _are_inside(sources: Sequence[CuratedSource], question: Question) -> bool:
    if not question.filters:
        return True
    allowed = row_filter(question.scope, question.filters).document_ids or frozenset()
    return all(source.document_id in allowed for source in sources)


def _found(chunks: Sequence[Chunk], question: Question) -> SearchResult:
    """The passages of the sources, so that the trace knows which versions it quotes."""
    ids = dict.fromkeys(chunk.pk for chunk in chunks)
    ranked = [Ranked(chunk_id, 1.0, {CURATED: rank}) for rank, chunk_id in enumerate(ids, start=1)]
    return SearchResult(
        hits=tuple(read_hits(ranked, scope=question.scope)),
        timings_ms={},
        index_generation=0,
        change_seq=0,
        language=language.detect(question.text).value,
    )
