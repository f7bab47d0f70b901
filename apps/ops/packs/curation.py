"""What curators made of a collection: golden questions and curated answers, out of and into it."""

from collections.abc import Iterable, Iterator

from apps.accounts.models import User
from apps.generation.models import CuratedAnswer, CuratedQuestion, CuratedSource
from apps.generation.question_keys import question_key
from apps.knowledge.access import versions_kept
from apps.knowledge.models import Collection, Document
from apps.ops.packs.holdings import Holdings
from apps.ops.packs.schema import CuratedLine, GoldenLine, SourceLine


def golden_lines(holdings: Holdings) -> Iterator[GoldenLine]:
    """The golden questions of which every document is among the holdings, by their text."""
    in_use = holdings.collection.golden_questions.filter(state="active")
    questions = in_use.prefetch_related("documents")
    keys = {document.pk for question in questions for document in question.documents.all()}
    paths = _paths(holdings, keys)
    for question in sorted(questions, key=lambda one: one.text.encode()):
        resting_on = [document.pk for document in question.documents.all()]
        if all(key in paths for key in resting_on) and (resting_on or not question.answers):
            documents = sorted(paths[key] for key in resting_on)
            yield GoldenLine(text=question.text, answers=question.answers, documents=documents)


def curated_lines(holdings: Holdings) -> Iterator[CuratedLine]:
    """The curated answers whose every source is among the holdings, by their questions.

    Left out are those that quote a version that was deleted.
    """
    deleted = CuratedSource.objects.exclude(version_id_quoted__in=versions_kept().values("pk"))
    answers = (
        CuratedAnswer.objects.filter(collection=holdings.collection)
        .exclude(pk__in=deleted.values("answer"))
        .prefetch_related("questions", "sources")
    )
    keys = {source.document_id for answer in answers for source in answer.sources.all()}
    paths = _paths(holdings, keys)
    lines = [
        _curated_line(answer, paths)
        for answer in answers
        if answer.sources.all() and all(one.document_id in paths for one in answer.sources.all())
    ]
    yield from sorted(lines, key=lambda line: (line.questions, line.text))


def golden_take(collection: Collection, lines: Iterable[GoldenLine], *, by: User) -> int:
    """Store the golden questions of a pack; returns how many."""
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007
        row = collection.golden_questions.create(
            text=line.text, answers=line.answers, created_by=by
        )
        row.documents.set(Document.objects.filter(collection=collection, path__in=line.documents))
    return count


def curated_take(collection: Collection, lines: Iterable[CuratedLine], *, by: User) -> int:
    """Store the curated answers of a pack; returns how many. Sources quote the live versions."""
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007
        answer = CuratedAnswer.objects.create(
            collection=collection, text=line.text, is_active=line.is_active, created_by=by
        )
        keys = {question_key(text): text for text in line.questions}
        CuratedQuestion.objects.bulk_create(
            CuratedQuestion(answer=answer, text=text, key=key) for key, text in keys.items()
        )
        for source in line.sources:
            document = Document.objects.get(collection=collection, path=source.path)
            CuratedSource.objects.create(
                answer=answer,
                document=document,
                quote=source.quote,
                version_id_quoted=document.latest_version_id or 0,
            )
    return count


def _paths(holdings: Holdings, keys: Iterable[int]) -> dict[int, str]:
    """Paths of those documents that are among the holdings, by key."""
    return dict(holdings.documents().filter(pk__in=keys).values_list("pk", "path"))


def _curated_line(answer: CuratedAnswer, paths: dict[int, str]) -> CuratedLine:
    return CuratedLine(
        text=answer.text,
        is_active=answer.is_active,
        questions=[question.text for question in answer.questions.all()],
        sources=[
            SourceLine(path=paths[source.document_id], quote=source.quote)
            for source in answer.sources.all()
        ],
    )
