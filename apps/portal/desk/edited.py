"""A curated answer while it is written: one form, sent back and forth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from django.http import QueryDict

from apps.core.digits import number_in
from apps.generation.curated.locating import Place, Quote, places
from apps.generation.curated.serving import with_marks
from apps.generation.curated.writing import CuratedDraft, SourceDraft
from apps.generation.models import CuratedAnswer, OpenQuestion
from apps.knowledge.access import Scope, chunks_of, documents_of
from apps.knowledge.models import Collection, Document
from apps.portal.desk.passages import likely_quote, matching_spans


@dataclass(frozen=True, slots=True)
class EditedSource:
    """One source of the form; `passage` is the text around it to quote from."""

    document: str
    quote: str
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """What the form holds."""

    question: str = ""
    phrasings: str = ""  # one a line
    text: str = ""
    collection: str = ""
    find: str = ""
    sources: tuple[EditedSource, ...] = ()

    @classmethod
    def sent(cls, form: QueryDict) -> Self:
        """As it came from the browser, with what its buttons ask for done."""
        listed = zip(
            form.getlist("document"), form.getlist("quote"), form.getlist("passage"), strict=False
        )
        sources = [EditedSource(*one) for one in listed]
        number = number_in(form.get("drop", ""))
        if number is not None and number < len(sources):
            del sources[number]
        return cls(
            question=_line(form.get("question", "")),
            phrasings=_unix(form.get("phrasings", "")),
            text=_unix(form.get("text", "")),
            collection=form.get("collection", ""),
            find=form.get("find", ""),
            sources=tuple(
                EditedSource(one.document, _unix(one.quote), _unix(one.passage)) for one in sources
            ),
        )

    @classmethod
    def of_question(cls, question: OpenQuestion | None, managed: Sequence[Collection]) -> Self:
        """A new answer to an open question, or to none yet."""
        if question is None:
            return cls(collection=str(managed[0].uuid) if len(managed) == 1 else "")
        collection = str(question.collection.uuid) if question.collection else ""
        return cls(question=question.text, find=question.text, collection=collection)

    @classmethod
    def of_answer(cls, answer: CuratedAnswer) -> Self:
        """A stored answer, to be changed."""
        first, *others = [one.text for one in answer.questions.all()] or [""]
        there = [one for one in answer.sources.all() if one.document.deleted_at is None]
        sources = [EditedSource(str(one.document.uuid), one.quote) for one in there]
        return cls(
            question=first,
            phrasings="\n".join(others),
            text=answer.text,
            collection=str(answer.collection.uuid),
            find=first,
            sources=tuple(sources),
        )

    def with_chunk(self, chunk: str, *, scope: Scope) -> Self:
        """With the passage as another source; unchanged when it cannot be read."""
        if not _is_uuid(chunk):
            return self
        found = chunks_of(scope).filter(uuid=chunk).select_related("version__document").first()
        if found is None:
            return self
        quote = likely_quote(found.text, matching_spans(self.find, found.text))
        source = EditedSource(str(found.version.document.uuid), quote, found.text)
        return replace(self, sources=(*self.sources, source))

    def draft(self, collection: Collection) -> CuratedDraft:
        """To be stored."""
        return CuratedDraft(
            collection=collection,
            text=self.text,
            questions=[self.question, *self.phrasings.splitlines()],
            sources=[
                SourceDraft(UUID(one.document), one.quote)
                for one in self.sources
                if _is_uuid(one.document)
            ],
        )


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source of the form with what is known of it; `place` is None when it cannot be cited."""

    n: int
    source: EditedSource
    document: Document | None
    place: Place | None


def shown_sources(edited: Edited, *, scope: Scope) -> list[ShownSource]:
    """The form's sources with their documents and places. Two queries."""
    uuids = [one.document for one in edited.sources if _is_uuid(one.document)]
    rows = documents_of(scope).filter(uuid__in=uuids).select_related("collection")
    documents = {str(row.uuid): row for row in rows}
    quotes = [
        Quote(documents[one.document].pk if one.document in documents else 0, one.quote.strip())
        for one in edited.sources
    ]
    found = places(quotes, scope=scope)
    return [
        ShownSource(n, one, documents.get(one.document), place if one.quote.strip() else None)
        for n, (one, place) in enumerate(zip(edited.sources, found, strict=True), start=1)
    ]


def preview_text(edited: Edited) -> str:
    """The answer with the marks of its sources, as people will see it."""
    return with_marks(edited.text, len(edited.sources)) if edited.text.strip() else ""


def _line(text: str) -> str:
    return " ".join(_unix(text).split())


def _unix(text: str) -> str:
    """Browsers send line ends as CRLF; documents are kept with LF. No database keeps NUL."""
    return text.replace("\r\n", "\n").replace("\0", "")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
