"""A file that has arrived becomes a model, once it is known to be whole and what it says it is."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid
from apps.modelhub import checking, files
from apps.modelhub.models import Model
from apps.modelhub.sources import Source
from apps.serving.errors import ModelUnusable
from apps.serving.gguf import ModelFacts, read_header

State = Model.State


class Outcome(StrEnum):
    """What became of a file that was added."""

    ADDED = "added"
    KNOWN = "known"  # a model has the same bytes
    REPAIRED = "repaired"  # that model's own file was damaged or gone


@dataclass(frozen=True, slots=True)
class Added:
    """The model that the bytes belong to."""

    model: Model
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file on this machine. `is_in_place`: it stays where it is, and is nobody's to move.

    `sha256`: what it must have, empty when nobody knows; `model`: the row that waits for it.
    """

    path: Path
    source: Source
    name: str
    licence: str = ""
    sha256: str = ""
    is_in_place: bool = False
    model: Model | None = None


def facts_at(path: Path) -> ModelFacts:
    """What the file's header says. Raises Invalid (`model_unusable`): it is no model to serve."""
    try:
        return read_header(path).facts
    except ModelUnusable as error:
        raise Invalid(str(error), code="model_unusable") from error


def admit(arrival: Arrival, watch: files.Watch = files.unwatched) -> Added:
    """Check the file, give it its name and the model its row.

    A file that is not in place is moved away. Raises Invalid: no model, or not the bytes that were
    meant; Conflict: the name was taken, or the waiting row was removed meanwhile.
    """
    facts = facts_at(arrival.path)
    sha256 = files.digest(arrival.path, watch)
    if arrival.sha256 and sha256 != arrival.sha256.lower():
        raise Invalid(
            _("The file is damaged or another one: its SHA-256 is %(found)s, not %(wanted)s.")
            % {"found": sha256, "wanted": arrival.sha256.lower()},
            code="wrong_sha256",
        )
    if (known := with_bytes(sha256)) is not None:
        return _same_bytes(known, arrival)
    values = _placed(arrival, sha256, arrival.name) | _described(arrival, facts, sha256)
    return Added(_row(arrival, values), Outcome.ADDED)


def with_bytes(sha256: str) -> Model | None:
    """The model with these bytes, if there is one."""
    return Model.objects.filter(sha256=sha256, state__in=[State.READY, State.DAMAGED]).first()


def _same_bytes(known: Model, arrival: Arrival) -> Added:
    if not checking.model_check(known):
        return Added(known, Outcome.KNOWN)
    for field, value in _placed(arrival, known.sha256, known.name).items():
        setattr(known, field, value)
    known.state, known.problem = State.READY, ""
    known.save()
    return Added(known, Outcome.REPAIRED)


def _placed(arrival: Arrival, sha256: str, name: str) -> dict[str, Any]:
    path = str(arrival.path)
    if not arrival.is_in_place:
        path = files.file_name(name, sha256)
        files.keep(arrival.path, files.folder() / path)
    found = (files.folder() / path).stat()
    return {"path": path, "size_bytes": found.st_size, "mtime_ns": found.st_mtime_ns}


def _described(arrival: Arrival, facts: ModelFacts, sha256: str) -> dict[str, Any]:
    return {
        "source": arrival.source.shown,
        "sha256": sha256,
        "licence": (arrival.licence or facts.licence)[:200],
        "architecture": facts.architecture,
        "quantisation": facts.quantisation,
        "parameters": facts.parameters,
        "context_length": facts.context_length,
        "is_embedding": facts.is_embedding,
        "facts": asdict(facts),
        "state": State.READY,
        "problem": "",
        "fetched_bytes": 0,
    }


def _row(arrival: Arrival, values: dict[str, Any]) -> Model:
    placed = files.folder() / values["path"]
    try:
        with transaction.atomic():
            if arrival.model is None:
                return Model.objects.create(name=arrival.name, **values)
            waiting = Model.objects.filter(pk=arrival.model.pk, state=State.FETCHING)
            if waiting.update(**values):
                return Model.objects.get(pk=arrival.model.pk)
    except IntegrityError:
        pass
    if not arrival.is_in_place and not Model.objects.filter(path=values["path"]).exists():
        placed.unlink(missing_ok=True)
    raise Conflict(
        _("The name “%(name)s” was taken or given up meanwhile.") % {"name": arrival.name}
    )
