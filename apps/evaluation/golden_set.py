"""Reading golden sets: passages, questions with their answers, questions without any."""

import gzip
import hashlib
import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from apps.core.errors import Invalid
from ingest.submissions import clean_path

HELD_OUT_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, what answers it, and the paths of the passages that hold the answer."""

    id: str
    text: str
    answers: tuple[str, ...] = ()
    relevant: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HoldOut:
    """Passages to be taken out, and the questions that nothing answers once they are gone."""

    paths: frozenset[str]
    questions: tuple[GoldQuestion, ...]


def read_passages(path: Path, *, limit: int | None = None) -> Iterator[dict[str, str]]:
    """The corpus as import lines {id, title, text}, in the file's order.

    Raises Invalid, naming file and line, for what is not such a line, is there twice, or is not a
    readable plain, .gz or .xz file.
    """
    seen: set[str] = set()
    for number, row in _rows(path):
        if limit is not None and len(seen) >= limit:
            return
        passage = {"id": _text(row, "id", path, number), "text": _text(row, "text", path, number)}
        if passage["id"] in seen:
            raise Invalid(f"{path}, line {number}: the id {passage['id']!r} is there twice.")
        seen.add(passage["id"])
        yield passage | {"title": str(row.get("title") or "")}


def read_questions(path: Path, *, passages: frozenset[str]) -> list[GoldQuestion]:
    """The questions {id, question, answers, relevant} of which a relevant passage is there.

    `passages`: the paths that were loaded. Raises Invalid like `read_passages`.
    """
    questions = []
    for number, row in _rows(path):
        relevant = frozenset(
            clean_path(str(passage)) for passage in _list(row, "relevant", path, number)
        )
        if relevant & passages:
            questions.append(
                GoldQuestion(
                    id=str(row.get("id", number)),
                    text=_text(row, "question", path, number),
                    answers=tuple(str(answer) for answer in _list(row, "answers", path, number)),
                    relevant=relevant,
                )
            )
    return questions


def read_unanswerable(path: Path) -> list[GoldQuestion]:
    """Questions {id, question} that no passage answers. Raises Invalid like `read_passages`."""
    return [
        GoldQuestion(id=str(row.get("id", number)), text=_text(row, "question", path, number))
        for number, row in _rows(path)
    ]


def sample(questions: Sequence[GoldQuestion], limit: int | None) -> list[GoldQuestion]:
    """`limit` questions (None: all), spread over the whole set; the same ones at every call."""
    if limit is None or limit >= len(questions):
        return list(questions)
    return _shuffled(questions)[:limit]


def hold_out(questions: Sequence[GoldQuestion], *, passage_count: int, limit: int) -> HoldOut:
    """Choose up to `limit` questions to be asked without their passages; the same at every call.

    At most a tenth of the corpus goes (but at least one question's passages): what is left must
    still be full of passages that are nearly right, or refusing would be too easy.
    """
    most = int(passage_count * HELD_OUT_SHARE)
    paths: set[str] = set()
    chosen: list[GoldQuestion] = []
    for question in _shuffled(questions):
        if len(chosen) >= limit:
            break
        if not chosen or len(paths | question.relevant) <= most:
            paths |= question.relevant
            chosen.append(question)
    return HoldOut(paths=frozenset(paths), questions=tuple(chosen))


def _shuffled(questions: Sequence[GoldQuestion]) -> list[GoldQuestion]:
    """Ordered by the hash of their ids: sets are sorted by article, a sample must not be."""
    return sorted(questions, key=lambda question: hashlib.sha256(question.id.encode()).digest())


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with _open(path) as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _parsed(line, path, number)
    except FileNotFoundError:
        raise Invalid(f"There is no file {path}.") from None
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError):
        raise Invalid(
            f"{path} cannot be read: it is no JSON-lines file (plain, .gz or .xz)."
        ) from None


def _open(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _parsed(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        row = None
    if not isinstance(row, dict):
        raise Invalid(f"{path}, line {number}: this is no JSON object.")
    return row


def _text(row: dict[str, Any], key: str, path: Path, number: int) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"{path}, line {number}: “{key}” must be a text.")
    return value


def _list(row: dict[str, Any], key: str, path: Path, number: int) -> list[Any]:
    value = row.get(key, [])
    if not isinstance(value, list):
        raise Invalid(f"{path}, line {number}: “{key}” must be a list.")
    return value
