"""Models that are fetched by a worker: rows that wait, a bit of work on them at a time."""

import logging
import time
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core import doorbell
from apps.core.errors import ClawdbotError, Conflict
from apps.modelhub import services
from apps.modelhub.arrivals import Arrival, Outcome
from apps.modelhub.fetching import Busy, Order, OutOfReach, Part, Passing
from apps.modelhub.files import NoRoom
from apps.modelhub.models import Model
from apps.modelhub.names import name_for
from apps.modelhub.services import FETCH_MODELS, Wishes
from apps.modelhub.sources import Source, source_of

logger = logging.getLogger(__name__)
NOTED_EVERY_S = 1.0
State = Model.State


def model_request(source: Source, wishes: Wishes) -> Model:
    """Have a worker fetch or copy a model; the row says how far it is.

    Raises Invalid, Conflict: the name is taken, or it is being fetched already.
    """
    services.check_wishes(wishes)
    if waiting := Model.objects.filter(source=source.text, state=State.FETCHING).first():
        raise Conflict(_("It is being fetched already, as “%(name)s”.") % {"name": waiting.name})
    model = Model.objects.create(
        name=name_for(wishes.name, source),
        source=source.text,
        licence=wishes.licence,
        sha256=wishes.sha256.lower(),
        state=State.FETCHING,
    )
    ring()
    return model


def model_retry(model: Model) -> None:
    """Fetch anew what could not be fetched. Raises Conflict: it is no such model."""
    failed = Model.objects.filter(pk=model.pk, state=State.FAILED)
    if not failed.update(state=State.FETCHING, problem="", fetched_bytes=0):
        raise Conflict(_("That cannot be done any more: look what changed."))
    ring()


def ring() -> None:
    """Wake a worker once the transaction is through. A lost bell is rung again by the schedule."""
    doorbell.ring(FETCH_MODELS, expires_s=60)


def is_waiting() -> bool:
    """Whether any model is to be fetched."""
    return Model.objects.filter(state=State.FETCHING).exists()


def work(stint_s: float) -> bool:
    """Fetch for so long at most (a copy or a checksum is finished first). True: there is more.

    Safe to repeat and in several workers: a part has one at a time. What fails in passing stays,
    with the reason, for the next ring of the schedule.
    """
    until = time.monotonic() + stint_s
    has_more = False
    waiting = list(Model.objects.filter(state=State.FETCHING).order_by("created_at"))
    for number, model in enumerate(waiting, start=1):
        has_more |= _tried(model, until)
        if time.monotonic() > until:
            return has_more or number < len(waiting)
    return has_more


def _tried(model: Model, until: float) -> bool:
    try:
        return not _is_done(model, until)
    except Busy:
        return False
    except (Passing, OutOfReach, NoRoom) as error:
        _note(model, problem=error.message[:500])
    except ClawdbotError as error:
        _note(model, problem=error.message[:500], state=State.FAILED)
    except OSError as error:  # no right to the file, a disk that fails: the others go on
        logger.warning("the model %s could not be fetched", model.name, exc_info=True)
        problem = _("The file cannot be read or kept (%(why)s).") % {"why": error.strerror}
        _note(model, problem=problem[:500], state=State.FAILED)
    return False


def _is_done(model: Model, until: float) -> bool:
    source, row = source_of(model.source), _Row(model)
    arrival = Arrival(
        path=source.path or Part.of(source.text).path,
        source=source,
        name=model.name,
        licence=model.licence,
        sha256=model.sha256,
        model=model,
    )
    if source.path is not None:
        added = services.take_file(arrival, row.watch)
    else:
        part = Part.of(source.text)
        order = Order(
            source=source,
            part=part,
            watch=row.watch,
            is_over=lambda: row.is_gone or time.monotonic() > until,
            attempts=1,
        )
        with part.locked():
            if (partly := services.take_part(arrival, order)) is None:
                return _stopped(part, row)
            added = partly
    if added.outcome != Outcome.ADDED:
        problem = _("The same bytes are here already, as “%(name)s”.")
        _note(model, problem=problem % {"name": added.model.name}, state=State.FAILED)
    return True


def _stopped(part: Part, row: "_Row") -> bool:
    """True when nobody waits for the rest."""
    if row.is_gone:
        part.remove()
    return row.is_gone


@dataclass(slots=True)
class _Row:
    """Keeps the row's figures up to date, and learns when it was removed."""

    model: Model
    noted_at: float = 0.0
    is_gone: bool = False

    def watch(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.noted_at < NOTED_EVERY_S and done != total:
            return
        self.noted_at = now
        figures = {} if stage == "checking" else {"fetched_bytes": done, "size_bytes": total}
        self.is_gone = not _note(self.model, problem="", **figures)


def _note(model: Model, **values: object) -> bool:
    """Write to the row while it waits; False: it does no more."""
    return bool(Model.objects.filter(pk=model.pk, state=State.FETCHING).update(**values))
