"""What curators made of a collection: golden questions and curated answers, out of and into it."""

from collections.abc import Iterable, Iterator

from django.db.models import Prefetch

from apps.accounts.models import User
from apps.generation.models import CuratedAnswer, CuratedQuestion, CuratedSource
from apps.generation.question_keys import question_key
from apps.knowledge.models import Collection, Document
from apps.ops.packs.holdings import Holdings
from apps.ops.packs.schema import CuratedLine, GoldenLine, SourceLine


def golden_lines(holdings: Holdings) -> Iterator[GoldenLine]:
    """The golden questions, by their text."""
    documents = Prefetch("documents", queryset=holdings.documents())
    questions = holdings.collection.golden_questions.prefetch_related(documents)
    for question in sorted(questions, key=lambda one: one.text.encode()):
        paths = sorted(document.path for document in question.documents.all())
        if paths or not question.answers:
            yield GoldenLine(text=question.text, answers=question.answers, documents=paths)


def curated_lines(holdings: Holdings) -> Iterator[CuratedLine]:
    """The curated answers whose every source lies in the collection, by their questions."""
    answers = CuratedAnswer.objects.filter(collection=holdings.collection).prefetch_related(
        "questions", "sources"
    )
    keys = {source.document_id for answer in answers for source in answer.sources.all()}
    paths = dict(holdings.documents().filter(pk__in=keys).values_list("pk", "path"))
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
