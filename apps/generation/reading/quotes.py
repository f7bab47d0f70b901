"""What may be quoted: the sentence, row or list that a possible answer stands in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.generation.reading import lists, tables
from apps.generation.reading.borders import Bounds, in_one_paragraph, whole_answer
from apps.generation.reading.parts import wants_several
from apps.generation.reading.queries import Query
from apps.generation.reading.questions import Wanted
from apps.generation.reading.sentences import is_section_number, is_title, split_sentences
from apps.generation.reading.terms import content_terms
from apps.retrieval.protocols import Hit

_MEAGRE = 12  # characters: "Yes." says nothing without the question before it


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters `start:end` of a hit with the short answer in them.

    `margin`: of the answer over "no answer"; `items`: of a list, each without its mark.
    """

    hit: Hit
    start: int
    end: int
    answer: Bounds | None
    relevance: float
    margin: float
    items: tuple[Bounds, ...] = ()
    column: int | None = None  # of a table's row: the cell that is asked for

    @property
    def text(self) -> str:
        """What is quoted, as it stands."""
        return self.hit.text[self.start : self.end]

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a table: no sentence until its columns are named."""
        return tables.is_row(self.text) and "\n" not in self.text

    @property
    def in_words(self) -> str:
        """The text; a row as `Column: value`."""
        if not self.is_row:
            return self.text
        return tables.row_in_words(self.text, self.header, self.column)

    @property
    def header(self) -> str:
        """The names of a row's columns."""
        return tables.header_of(self.hit.text, self.hit.context, self.start)

    @property
    def short(self) -> str:
        """The bare answer; the items of a list one after another."""
        if self.items:
            between = "；" if "\u3400" <= self.hit.text[self.items[0][0]] <= "\u9fff" else "; "
            return between.join(
                self.hit.text[slice(*item)].rstrip(";；.。,，") for item in self.items
            )
        return self.hit.text[slice(*self.answer)] if self.answer else ""

    @property
    def terms(self) -> frozenset[str]:
        """The terms that carry its matter."""
        return frozenset(content_terms(self.text))


def quotes_of(hit: Hit, query: Query) -> list[Quote]:
    """One quote for each sentence in which the reader marked a span, best first.

    A hit that was not read, or without spans, has none; names of a table's columns and numbers of
    sections answer nothing.
    """
    if hit.reading is None:
        return []
    found: list[Quote] = []
    for span in hit.reading.spans:
        marked = in_one_paragraph(hit.text, (span.start, span.end))
        if not _says_something(hit.text, marked):
            continue
        quote = replace(
            quote_around(hit, marked, query),
            relevance=hit.reading.relevance,
            margin=span.score,
        )
        if not any(quote.start < one.end and one.start < quote.end for one in found):
            found.append(quote)
    return found


def _says_something(text: str, span: Bounds) -> bool:
    if not any(char.isalnum() for char in text[slice(*span)]):
        return False
    return not (tables.names_columns(text, span) or is_section_number(text, *span))


def quote_around(hit: Hit, span: Bounds, query: Query) -> Quote:
    """The quote for an answer at `span` of the hit's text."""
    sentences = split_sentences(hit.text)
    around = _sentence(sentences, span)
    if tables.is_row(hit.text[slice(*around)]):
        return _row_quote(hit, _first_row(hit.text, sentences, span) or around, span, query)
    if _wants_list(query) and (listed := lists.list_around(hit.text, span)):
        bounds, items = listed
        if query.asked.wanted != Wanted.MANNER or lists.is_numbered(hit.text, items[0][0]):
            answer = (items[0][0], items[-1][1])
            return Quote(hit, *bounds, answer, 0.0, 0.0, tuple(items))
    if wants_several(query.text):
        span = lists.enumeration_around(hit.text, span, within=around)
    answer = whole_answer(hit.text, span, within=around, question=query.text)
    told = answer if _says_something(hit.text, answer) else None
    return Quote(hit, *_telling(hit, sentences, around), told, 0.0, 0.0)


def _wants_list(query: Query) -> bool:
    return query.asked.wanted == Wanted.MANNER or wants_several(query.text)


def _sentence(sentences: Sequence[Bounds], span: Bounds) -> Bounds:
    """The sentences that `span` touches, as one stretch; the span itself where there is none."""
    touched = [one for one in sentences if one[0] < span[1] and span[0] < one[1]]
    return (touched[0][0], touched[-1][1]) if touched else span


def _first_row(text: str, sentences: Sequence[Bounds], span: Bounds) -> Bounds | None:
    """The first that `span` touches below the names of the columns."""
    touched = (one for one in sentences if one[0] < span[1] and span[0] < one[1])
    return next((one for one in touched if not tables.is_header(text, one[1])), None)


def _row_quote(hit: Hit, row: Bounds, span: Bounds, query: Query) -> Quote:
    """A row's answer is one cell: the one whose column is asked for, else the marked one."""
    text = hit.text[slice(*row)]
    bounds = tables.cell_bounds(text)
    header = tables.header_of(hit.text, hit.context, row[0])
    column = tables.asked_column(header, query.terms) if header else None
    if column is not None and (column >= len(bounds) or column == 0):
        column = None
    marked = next((n for n, (_, end) in enumerate(bounds) if span[0] - row[0] < end), 0)
    cell = bounds[marked if column is None else column]
    answer = (row[0] + cell[0], row[0] + cell[1])
    if column is None:
        answer = whole_answer(hit.text, span, within=answer)
    return Quote(hit, *row, answer if answer[0] < answer[1] else None, 0.0, 0.0, column=column)


def _telling(hit: Hit, sentences: Sequence[Bounds], around: Bounds) -> Bounds:
    """With the sentence below a title, and the question above a bare "Yes."."""
    start, end = lists.without_bullet(hit.text, around)
    if is_title(hit.text, start, end, hit.heading):
        below = next((one for one in sentences if one[0] >= end), None)
        if below and not tables.is_row(hit.text[slice(*below)]):
            end = below[1]
    elif end - start <= _MEAGRE:
        above = next((one for one in reversed(sentences) if one[1] <= start), None)
        if above and hit.text[above[1] - 1] in "?？":
            start = above[0]
    return start, end
