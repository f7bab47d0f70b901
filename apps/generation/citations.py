"""From an engine's draft to checked citations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.generation.checking.claims import MARK
from apps.generation.checking.sentences import Sentence, sentences_of
from apps.generation.checking.support import UNSUPPORTED, WORST_FIRST
from apps.generation.protocols import Citation, Draft, Evidence
from apps.generation.reading import tables
from apps.knowledge.models import Document

__all__ = ["MARK", "Checked", "check"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft's text without invented marks, the citations it really makes, and its sentences."""

    text: str
    citations: tuple[Citation, ...]
    sentences: tuple[Sentence, ...] = ()
    is_grounded: bool = False  # something in it is held up by its sources


def check(draft: Draft) -> Checked:
    """Drop `[n]` that name no evidence, and say of each sentence and each citation how well they
    hold.

    A citation's support is that of its weakest sentence; evidence never cited is left out. The
    numbers of the text stay as they are.
    """
    known = range(1, len(draft.evidence) + 1)
    text = MARK.sub(lambda mark: mark[0] if int(mark[1]) in known else "", draft.text)
    sentences = sentences_of(text, [_read_with(one) for one in draft.evidence])
    support = _support_by_number(text, sentences)
    addresses = _addresses({draft.evidence[n - 1].passage.document for n in support})
    return Checked(
        text=text,
        citations=tuple(
            _citation(n, draft.evidence[n - 1], support[n], addresses) for n in sorted(support)
        ),
        sentences=tuple(sentences),
        is_grounded=draft.is_grounded
        or (bool(support) and any(one.support != UNSUPPORTED for one in sentences)),
    )


def _support_by_number(text: str, sentences: Sequence[Sentence]) -> dict[int, str]:
    found = {int(mark[1]): list[str]() for mark in MARK.finditer(text)}
    for one in sentences:
        for n in one.citations:
            found[n].append(one.support)
    return {
        n: min(levels, key=WORST_FIRST.index) if levels else UNSUPPORTED
        for n, levels in found.items()
    }


def _quote(evidence: Evidence) -> str:
    return evidence.passage.text[evidence.start : evidence.end]


def _read_with(evidence: Evidence) -> str:
    """The quote, or all that a language model was given; a table's row with its column names, which
    say what the values are."""
    quote, hit = evidence.given or _quote(evidence), evidence.passage
    if not tables.is_row(quote):
        return quote
    return f"{tables.header_of(hit.text, hit.context, evidence.start)}\n{quote}"


def _addresses(documents: set[UUID]) -> Mapping[UUID, str]:
    rows = Document.objects.filter(uuid__in=documents).exclude(url="")
    return dict(rows.values_list("uuid", "url"))


def _citation(n: int, evidence: Evidence, support: str, addresses: Mapping[UUID, str]) -> Citation:
    hit = evidence.passage
    return Citation(
        n=n,
        chunk=hit.chunk,
        document=hit.document,
        version=hit.version,
        title=hit.title,
        path=hit.path,
        page=hit.page,
        heading=hit.heading,
        quote=_quote(evidence),
        start=hit.start + evidence.start,
        end=hit.start + evidence.end,
        url=addresses.get(hit.document, ""),
        support=support,
    )
