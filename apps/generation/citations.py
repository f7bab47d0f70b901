"""From an engine's draft to checked citations."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.generation.protocols import Citation, Draft, Evidence
from apps.generation.reading import tables
from apps.generation.reading.sentences import split_sentences
from apps.generation.support import SUPPORTED, UNSUPPORTED, WEAK, support_of
from apps.knowledge.models import Document

MARK = re.compile(r"\s?\[(\d{1,3})\]")
_WORST_FIRST = (UNSUPPORTED, WEAK, SUPPORTED)


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft's text without invented marks, and the citations it really makes."""

    text: str
    citations: tuple[Citation, ...]

    @property
    def is_grounded(self) -> bool:
        """Whether anything in it is held up by its sources."""
        return any(citation.support != UNSUPPORTED for citation in self.citations)


def check(draft: Draft) -> Checked:
    """Drop `[n]` that name no evidence, and say for each citation how well its sentences are held.

    A citation's support is that of its weakest sentence; evidence never cited is left out. The
    numbers of the text stay as they are.
    """
    known = range(1, len(draft.evidence) + 1)
    text = MARK.sub(lambda mark: mark[0] if int(mark[1]) in known else "", draft.text)
    support = _support_by_number(text, draft.evidence)
    addresses = _addresses({draft.evidence[n - 1].passage.document for n in support})
    return Checked(
        text=text,
        citations=tuple(
            _citation(n, draft.evidence[n - 1], support[n], addresses) for n in sorted(support)
        ),
    )


def _support_by_number(text: str, evidence: Sequence[Evidence]) -> dict[int, str]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for said, numbers in _cited_sentences(text):
        quotes = [_read_with(evidence[n - 1]) for n in numbers]
        for n in numbers:
            found[n].append(support_of(said, quotes))
    return {n: min(levels, key=_WORST_FIRST.index) for n, levels in found.items()}


def _cited_sentences(text: str) -> list[tuple[str, list[int]]]:
    """Each run of text with the marks that follow it."""
    pairs: list[tuple[str, list[int]]] = []
    position = 0
    for mark in MARK.finditer(text):
        said = text[position : mark.start()].strip()
        position = mark.end()
        if said:
            pairs.extend((one, []) for one in _sentences(said))
        if pairs:
            pairs[-1][1].append(int(mark[1]))
    return [(said, numbers) for said, numbers in pairs if numbers]


def _sentences(said: str) -> list[str]:
    return [said[start:end] for start, end in split_sentences(said)] or [said]


def _quote(evidence: Evidence) -> str:
    return evidence.passage.text[evidence.start : evidence.end]


def _read_with(evidence: Evidence) -> str:
    """The quote; a table's row with its column names, which say what the values are."""
    quote, hit = _quote(evidence), evidence.passage
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
