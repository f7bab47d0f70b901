"""Bringing golden questions in from a file, line by line, and out again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import ClawdbotError
from apps.evaluation.golden_questions import (
    GoldenDraft,
    golden_question_add,
    golden_question_change,
    golden_question_list,
)
from apps.evaluation.models import GoldenQuestion, GoldenSet
from apps.evaluation.sheets import SheetRow
from apps.knowledge import access
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Permission

AT_ONCE = 500


@dataclass(slots=True)
class Imported:
    """What became of the lines. `problems`: (line, why), in the file's order."""

    added: int = 0
    changed: int = 0
    same: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


class _Undone(Exception):
    """Only looked."""


def golden_questions_import(
    *, golden_set: GoldenSet, rows: Sequence[SheetRow], by: User, is_trial: bool = False
) -> Imported:
    """Add each row's question, or change the one with the same words in this set.

    Each line is judged by itself: those with a problem are left out and told. A path that `by` may
    not read is told as one that is not there. `is_trial`: nothing is written. Raises as
    `access.require` (MANAGE).
    """
    access.require(by, Permission.MANAGE, golden_set.collection)
    told = Imported()
    try:
        with transaction.atomic():
            paths = _Paths(golden_set, by, rows)
            for row in rows:
                _take(golden_set, row, by, (paths, told))
            if is_trial:
                raise _Undone
    except _Undone:
        pass
    return told


def golden_questions_export(*, golden_set: GoldenSet, by: User) -> Iterator[dict[str, Any]]:
    """The questions of the set that `by` sees, oldest first, as `sheets.write` takes them; drafts
    are left out."""
    rows = golden_question_list(by=by).filter(golden_set=golden_set)
    for row in rows.order_by("pk"):
        yield {
            "id": str(row.uuid),
            "question": row.text,
            "answers": row.answers,
            "documents": sorted(document.path for document in row.documents.all()),
            "tags": row.tag_list,
            "passage": row.evidence,
        }


class _Paths:
    """Ids of the documents that the rows name and `by` may read, by path."""

    def __init__(self, golden_set: GoldenSet, by: User, rows: Sequence[SheetRow]) -> None:
        wanted = list({path for row in rows for path in row.documents})
        readable = documents_of(Scope.of(by)).filter(collection=golden_set.collection)
        self._ids: dict[str, Any] = {}
        for start in range(0, len(wanted), AT_ONCE):
            some = readable.filter(path__in=wanted[start : start + AT_ONCE])
            self._ids.update(some.order_by().values_list("path", "uuid"))

    def ids_of(self, paths: Sequence[str]) -> tuple[list[Any], list[str]]:
        """Ids, and the paths without one."""
        missing = [path for path in paths if path not in self._ids]
        return [self._ids[path] for path in paths if path in self._ids], missing


def _take(golden_set: GoldenSet, row: SheetRow, by: User, known: tuple[_Paths, Imported]) -> None:
    paths, told = known
    ids, missing = paths.ids_of(row.documents)
    problem = row.problem
    if missing and not problem:
        problem = _("There is no document “%(path)s” in the collection that you may read.") % {
            "path": missing[0]
        }
    if problem:
        told.problems.append((row.line, problem))
        return
    draft = GoldenDraft(
        collection=golden_set.collection,
        text=row.question,
        answers=row.answers,
        documents=ids,
        golden_set=golden_set,
        evidence=row.passage,
        tags=row.tags,
        origin=GoldenQuestion.Origin.IMPORT,
    )
    there = GoldenQuestion.objects.filter(golden_set=golden_set, text=row.question.strip()).first()
    try:
        with transaction.atomic():
            if there is None:
                golden_question_add(by=by, draft=draft)
                told.added += 1
            elif golden_question_change(question=there, by=by, draft=draft):
                told.changed += 1
            else:
                told.same += 1
    except ClawdbotError as error:
        told.problems.append((row.line, error.message))
