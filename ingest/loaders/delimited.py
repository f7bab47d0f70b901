"""CSV, TSV and their dialects, as one table."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from ingest.loaders import encodings
from ingest.loaders.page_builder import PAGE_CHARS, PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage

_SAMPLE_BYTES = 1 << 20
csv.field_size_limit(1 << 24)


class DelimitedLoader:
    """Rows go into tables of about a page each; every page repeats the header row."""

    name = "delimited"
    media_types = frozenset({"text/csv"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        with path.open("rb") as file:
            sample_bytes = file.read(_SAMPLE_BYTES)
        codec = encodings.detect(sample_bytes)
        sample = sample_bytes.decode(codec, errors="replace")
        yield FileFacts(media_type=media_type)
        with path.open(encoding=codec, errors="replace", newline="") as file:
            rows = csv.reader(
                (line.replace("\0", "") for line in file), delimiter=_delimiter(sample)
            )
            yield from table_pages(PageBuilder(), rows)


def table_pages(builder: PageBuilder, rows: Iterator[Sequence[str]]) -> Iterator[ParsedPage]:
    """Pages of one long table; the header row (the first with text) is repeated on each."""
    filled = ((row, sum(bool(cell.strip()) for cell in row)) for row in rows)
    header, cells = next((pair for pair in filled if pair[1]), ([], 0))
    following, more = next((pair for pair in filled if pair[1]), ([], 0))
    if cells == 1 and more > 1:  # a title above the table
        builder.add(Piece(BlockKind.TEXT, " ".join(header).strip()))
        header, following = following, []
    rows = chain([following], rows)
    part, size = [header], 0
    for row in rows:
        if size >= PAGE_CHARS:
            yield from builder.paged([Piece(BlockKind.TABLE, rows=part)])
            part, size = [header], 0
        part.append(row)
        size += sum(map(len, row)) + 3 * len(row)
    yield from builder.paged([Piece(BlockKind.TABLE, rows=part)])


def _delimiter(sample: str) -> str:
    """The mark that splits most sampled rows into the same number (> 1) of cells; else a comma."""
    best, best_score = ",", 0.0
    for mark in ",;\t|":
        reader = csv.reader(io.StringIO(sample[:50_000]), delimiter=mark)
        try:
            widths = [len(row) for _, row in zip(range(50), reader, strict=False) if row]
        except csv.Error:
            continue
        common = max(set(widths), key=widths.count, default=1)
        score = widths.count(common) / len(widths) * (common > 1) if widths else 0.0
        if score > best_score or (score == best_score and score and common > 8 * best_score):
            best, best_score = mark, score
    return best
