"""Whether a migration leaves programs of the minor before working: expand now, contract later.

Those programs go on reading and writing their own columns while nodes are replaced one by one. So
a table or a column may come, if rows without it can still be written; nothing may go or change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as kinds
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

EXPANDS = "expands"  # attribute of a migration: why what cannot be judged leaves others working
_HARMLESS = (
    kinds.CreateModel,
    kinds.AddIndex,
    kinds.RemoveIndex,
    kinds.RenameIndex,
    kinds.RemoveConstraint,
    kinds.AlterModelOptions,
    kinds.AlterModelManagers,
    kinds.AlterModelTableComment,
)
_UNJUDGED = (kinds.RunPython, kinds.RunSQL)
_RESTRICTIONS = (kinds.AddConstraint, kinds.AlterUniqueTogether)
# Attributes of a column that programs see, and the database does not.
_SEEN_BY_PROGRAMS = frozenset(
    {"choices", "verbose_name", "help_text", "blank", "default", "editable", "error_messages",
     "validators", "related_name", "on_delete", "auto_now", "auto_now_add", "db_comment"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One operation. `problem`: why a program of the minor before would stop working; empty: not.

    `table`: whose rows it may lock; `is_rewrite`: for as long as all of them are read.
    """

    what: str
    table: str = ""
    is_rewrite: bool = False
    problem: str = ""


def steps(migration: Migration, state: ProjectState) -> list[Step]:
    """What the migration does to a database in `state`, which is carried on to what comes after."""
    found = []
    made: set[str] = set()  # models that no program knows yet, so none is hindered
    for operation in _flattened(migration.operations):
        before = state.clone()
        operation.state_forwards(migration.app_label, state)
        if isinstance(operation, kinds.CreateModel):
            made.add(operation.name_lower)
        if getattr(operation, "model_name_lower", "") in made:
            found.append(Step(operation.describe()))
        else:
            found.append(_judged(operation, migration, before))
    return found


def _flattened(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, kinds.SeparateDatabaseAndState):
            yield from _flattened(operation.database_operations or operation.state_operations)
        else:
            yield operation


def _judged(operation: Operation, migration: Migration, before: ProjectState) -> Step:
    what = operation.describe()
    if isinstance(operation, _UNJUDGED):
        reason = getattr(migration, EXPANDS, "")
        problem = (
            "" if reason else f"nothing is known of it; if it does no harm, say why: {EXPANDS}"
        )
        return Step(what, problem=problem)
    table = _table(operation, migration.app_label, before)
    if isinstance(operation, _HARMLESS):
        is_index = isinstance(operation, kinds.AddIndex)
        return Step(what, table if is_index else "", is_rewrite=is_index)
    if isinstance(operation, kinds.AddField):
        return Step(what, table, problem=_cannot_be_left_out(operation.field))
    if isinstance(operation, kinds.AlterField):
        return _altered(operation, migration.app_label, before, what, table)
    if isinstance(operation, _RESTRICTIONS):
        broken = "rows that the version before writes may not keep to it"
        return Step(what, table, is_rewrite=True, problem=broken)
    return Step(what, table, is_rewrite=True, problem="the version before still needs what goes")


def _cannot_be_left_out(field: Any) -> str:
    """A row without this column is written by the version before."""
    if field.many_to_many or field.null or field.db_default is not NOT_PROVIDED:
        return ""
    return "rows cannot be written without it: give it null=True or a db_default"


def _altered(
    operation: kinds.AlterField, app: str, before: ProjectState, what: str, table: str
) -> Step:
    old = before.models[app, operation.model_name_lower].fields[operation.name]
    new = operation.field
    changed = _differences(old, new)
    if not changed:
        return Step(what)
    if changed == {"max_length"} and _longer(old, new):
        return Step(what, table)
    if changed <= {"null", "db_default"} and (new.null or not old.null):
        return Step(what, table, problem="" if new.null else _cannot_be_left_out(new))
    names = ", ".join(sorted(changed))
    return Step(what, table, is_rewrite=True, problem=f"{names} of a column in use changes")


def _differences(old: Any, new: Any) -> set[str]:
    """Names of what the database sees differently; `type` for another kind of column."""
    (_, old_path, old_args, old_given), (_, new_path, new_args, new_given) = (
        old.deconstruct(),
        new.deconstruct(),
    )
    if isinstance(old, models.ForeignKey) and old_given.get("to") == new_given.get("to"):
        old_path = new_path
    names = {*old_given, *new_given} - _SEEN_BY_PROGRAMS
    changed = {name for name in names if old_given.get(name) != new_given.get(name)}
    is_other = old_args != new_args or not _same_column(old, new, old_path, new_path)
    return changed | ({"type"} if is_other else set())


def _same_column(old: Any, new: Any, old_path: str, new_path: str) -> bool:
    return old_path == new_path or old.get_internal_type() == new.get_internal_type()


def _longer(old: Any, new: Any) -> bool:
    return new.max_length is None or (old.max_length or 0) < new.max_length


def _table(operation: Operation, app: str, state: ProjectState) -> str:
    name = getattr(operation, "model_name", "") or getattr(operation, "name", "")
    model = state.models.get((app, str(name).lower()))
    if model is None:
        return ""
    return str(model.options.get("db_table") or f"{app}_{str(name).lower()}")
