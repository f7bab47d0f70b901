"""Golden questions as files of spreadsheets and programs: CSV, XLSX, JSON lines, there and back."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Invalid, TooLarge
from apps.modelhub.glossaries.tables import decoded

MOST_BYTES = 10_000_000
MOST_UNPACKED = 100_000_000  # of an XLSX
MOST_ROWS = 20_000
MOST_COLUMNS = 50  # of an XLSX: one cell far to the right makes every row that wide
COLUMNS = ("question", "answers", "documents", "tags", "passage")
_LISTS = frozenset({"answers", "documents", "tags"})
_NAMES = {
    "question": ("question", "query", "text", "问题", "問題"),
    "answers": ("answers", "answer", "correct answer", "答案", "回答", "正确答案", "正確答案"),
    "documents": ("documents", "document", "relevant", "path", "paths", "source", "sources",
                  "文档", "文件", "文件路径", "来源", "來源"),
    "tags": ("tags", "tag", "标签", "標籤"),
    "passage": ("passage", "evidence", "quote", "原文", "段落", "依据", "依據"),
}  # fmt: skip
_COLUMN_OF = {alias: column for column, aliases in _NAMES.items() for alias in aliases}
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")  # a spreadsheet would count with it


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A question as the file says it. `problem`: why this line cannot be read; then it is empty."""

    line: int
    question: str = ""
    answers: Sequence[str] = ()
    documents: Sequence[str] = ()  # paths
    tags: Sequence[str] = ()
    passage: str = ""
    problem: str = ""


def read(name: str, content: bytes) -> list[SheetRow]:
    """The rows of a file, in its order; what kind it is its name says. Empty lines are left out.

    Raises Invalid for another kind, for one that cannot be opened and for one without a column of
    questions; TooLarge beyond 10 MB or 20,000 rows.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge(_("The file is too large for questions: 10 MB are the most."))
    reader = _READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise Invalid(_("Questions come as CSV, XLSX or JSONL: the file’s name must end so."))
    rows: list[SheetRow] = []
    for row in reader(content):
        if len(rows) >= MOST_ROWS:
            raise TooLarge(_("The file has more than %(most)s lines.") % {"most": f"{MOST_ROWS:,}"})
        rows.append(row)
    return rows


def write(suffix: str, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows {id, question, answers, documents, tags, passage} as a file of that kind.

    What is written is read again as it was. In CSV and XLSX no cell is a formula. Raises Invalid.
    """
    writer = _WRITERS.get(suffix.lower())
    if writer is None:
        raise Invalid(_("Questions are written as CSV, XLSX or JSONL."))
    return writer(rows)


def _read_csv(content: bytes) -> Iterator[SheetRow]:
    text = decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from _table((reader.line_num, row) for row in reader)
    except csv.Error:
        raise Invalid(_("This is no CSV file that can be read.")) from None


def _read_xlsx(content: bytes) -> Iterator[SheetRow]:
    from openpyxl import load_workbook  # seldom needed
    from openpyxl.utils.exceptions import InvalidFileException

    problem = _("This is no XLSX file that can be read. Save it anew, or as CSV UTF-8.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise TooLarge(_("The file unpacks to more than a table of questions can be."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        lines = book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS)
        numbered = ((n, line) for n, line in enumerate(lines, 1) if any(line))
        yield from _table((n, [_cell(value) for value in line]) for n, line in numbered)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError,
            SyntaxError):  # fmt: skip  # expat's ParseError is a SyntaxError
        raise Invalid(problem) from None


def _read_jsonl(content: bytes) -> Iterator[SheetRow]:
    for number, line in enumerate(decoded(content).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict):
            yield _row(number, _named(told))
        else:
            yield SheetRow(number, problem=_("This is no JSON object."))


_READERS: Mapping[str, Callable[[bytes], Iterator[SheetRow]]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".xlsx": _read_xlsx,
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
}


def _table(lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[SheetRow]:
    columns: list[str] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = [_COLUMN_OF.get(cell.strip().lower(), "") for cell in cells]
            if "question" not in columns:
                raise Invalid(
                    _("The first line must name the columns: question, answers, documents, tags.")
                )
            continue
        named = {column: _plain(cell) for column, cell in zip(columns, cells, strict=False)}
        yield _row(number, named)


def _named(told: Mapping[str, Any]) -> dict[str, Any]:
    return {_COLUMN_OF[key.lower()]: told[key] for key in told if key.lower() in _COLUMN_OF}


def _row(line: int, named: Mapping[str, Any]) -> SheetRow:
    values: dict[str, Any] = {}
    for column in COLUMNS:
        value = named.get(column) or ""
        if column in _LISTS:
            parts = value if isinstance(value, list) else _split(value, comma=column == "tags")
            values[column] = tuple(str(part).strip() for part in parts if str(part).strip())
        elif isinstance(value, str):
            values[column] = value.strip()
        else:
            return SheetRow(line, problem=_("“%(name)s” must be a text.") % {"name": column})
    return SheetRow(line, **values)


def _split(value: object, *, comma: bool) -> list[str]:
    text = str(value).replace("|", "\n")
    return (text.replace(",", "\n").replace("，", "\n") if comma else text).splitlines()


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:2] in _FORMULA else cell


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(row: Mapping[str, Any]) -> list[str]:
    told = ["\n".join(row[name]) if name in _LISTS else str(row[name]) for name in COLUMNS]
    return [_safe(one) for one in told]


def _write_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _write_xlsx(rows: Iterable[Mapping[str, Any]]) -> bytes:
    from openpyxl import Workbook  # seldom needed
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Golden questions"
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in _cells(row)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (60, 40, 40, 20, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _write_jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    lines = (
        json.dumps({"id": row["id"], "question": row["question"], "answers": row["answers"],
                    "relevant": row["documents"], "tags": row["tags"], "passage": row["passage"]},
                   ensure_ascii=False)
        for row in rows
    )  # fmt: skip
    return "".join(f"{line}\n" for line in lines).encode()


_WRITERS: Mapping[str, Callable[[Iterable[Mapping[str, Any]]], bytes]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".jsonl": _write_jsonl,
}
