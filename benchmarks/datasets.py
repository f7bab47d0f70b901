"""Reading the evaluation data of --shared."""

import json
import lzma
from collections.abc import Iterator
from itertools import islice
from pathlib import Path


def passages(shared: Path, name: str, *, limit: int | None = None) -> list[dict[str, str]]:
    """The passages {id, title, text} of a set, in order."""
    rows = islice(_rows(shared / "eval" / name / "corpus.jsonl.xz"), limit)
    return [{key: str(row.get(key) or "") for key in ("id", "title", "text")} for row in rows]


def questions(shared: Path, name: str, *, count: int) -> list[str]:
    """`count` questions of a set, evenly spaced over it."""
    asked = [str(row["question"]) for row in _rows(shared / "eval" / name / "queries.jsonl.xz")]
    step = max(len(asked) // count, 1)
    return asked[::step][:count]


def queries(shared: Path, name: str) -> list[tuple[str, frozenset[str]]]:
    """Every question of a set with the ids of its relevant passages, in order."""
    rows = _rows(shared / "eval" / name / "queries.jsonl.xz")
    return [(str(row["question"]), frozenset(map(str, row["relevant"]))) for row in rows]  # type: ignore[call-overload]


def answered(shared: Path, name: str) -> list[tuple[str, str, str]]:
    """Questions with their first answer and the id of their first relevant passage."""
    rows = _rows(shared / "eval" / name / "queries.jsonl.xz")
    return [(str(row["question"]), str(row["answers"][0]), str(row["relevant"][0])) for row in rows]  # type: ignore[index]


def unanswerable(shared: Path, name: str) -> list[tuple[str, str, str]]:
    """Questions that their own passage does not answer: (id, question, id of the passage)."""
    rows = _rows(shared / "eval" / name / "unanswerable.jsonl.xz")
    return [(str(row["id"]), str(row["question"]), str(row["relevant_paragraph"])) for row in rows]


def evidences(shared: Path, name: str) -> dict[str, tuple[str, ...]]:
    """By question id: the passages of text that people marked as support for the answer."""
    rows = _rows(shared / "eval" / name / "queries.jsonl.xz")
    return {str(row["id"]): tuple(map(str, row["evidences"])) for row in rows}  # type: ignore[call-overload]


def lines(rows: list[dict[str, str]]) -> Iterator[bytes]:
    """Import lines, one JSON object each."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def files(shared: Path, folder: str) -> list[Path]:
    """The files of one format of docs_corpus, by name."""
    return sorted((shared / "docs_corpus" / folder).iterdir())


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
