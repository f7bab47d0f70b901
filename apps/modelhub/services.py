"""Adding models and removing them."""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import Conflict, Invalid
from apps.modelhub import arrivals, fetching, files
from apps.modelhub.arrivals import Added, Arrival, Outcome
from apps.modelhub.checking import model_check
from apps.modelhub.fetching import Busy, Order, Part
from apps.modelhub.models import Model, ModelServer
from apps.modelhub.names import name_for
from apps.modelhub.sources import Source

FETCH_MODELS = "modelhub.fetch_models"
State = Model.State
SHA256_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is said about a model that is added; empty: as its file says."""

    name: str = ""
    licence: str = ""
    sha256: str = ""


def model_add(
    source: Source,
    wishes: Wishes,
    *,
    is_in_place: bool = False,
    watch: files.Watch = files.unwatched,
) -> Added:
    """Add a model, now: fetched, linked, copied or left `is_in_place`. The same bytes are the
    same model. Cut short, a download goes on from there the next time.

    Raises Invalid: no model, or another one than was meant; Conflict: the name is taken; and what
    `fetching.fetch` raises.
    """
    check_wishes(wishes)
    name = name_for(wishes.name, source)
    if source.path is None:
        if is_in_place:
            raise Invalid(_("Only a file of this machine can stay in its place."))
        return _add_fetched(source, wishes, name, watch)
    arrival = Arrival(
        path=source.path,
        source=source,
        name=name,
        licence=wishes.licence,
        sha256=wishes.sha256,
        is_in_place=is_in_place,
    )
    return arrivals.admit(arrival, watch) if is_in_place else take_file(arrival, watch)


def take_file(arrival: Arrival, watch: files.Watch = files.unwatched) -> Added:
    """Add a file of this machine by a link, a clone or a copy of it."""
    arrivals.facts_at(arrival.path)  # before gigabytes are copied
    descriptor, name = tempfile.mkstemp(dir=fetching.folder(), suffix=".copy")
    os.close(descriptor)
    path = Path(name)
    try:
        files.bring(arrival.path, path, watch)
        return arrivals.admit(_at(arrival, path), watch)
    finally:
        path.unlink(missing_ok=True)


def take_part(arrival: Arrival, order: Order) -> Added | None:
    """Fetch the file and add it; None when it was stopped before. Hold the part's lock.

    Bytes that are no model, or another one than was meant, are thrown away.
    """
    fetched = fetching.fetch(replace(order, is_known=_is_known))
    if fetched is None:
        return None
    sha256 = arrival.sha256 or fetched.sha256
    if fetched.is_known and (known := arrivals.with_bytes(fetched.sha256)):
        order.part.remove()
        return Added(known, Outcome.KNOWN)
    try:
        added = arrivals.admit(_at(arrival, order.part.path, sha256=sha256), order.watch)
    except (Invalid, Conflict):
        order.part.remove()
        raise
    order.part.remove()
    return added


def model_remove(model: Model, *, is_forced: bool = False) -> None:
    """Remove a model, and its file if that is ours. The keeper ends the servers that hold it.

    Raises Conflict unless forced: a profile or the configuration names it, or a server is pinned.
    """
    if not is_forced and (users := users_of(model)):
        raise Conflict(
            _("“%(name)s” is in use: %(users)s.") % {"name": model.name, "users": ", ".join(users)},
            code="in_use",
        )
    path, is_ours = files.path_of(model), files.is_ours(model)
    with transaction.atomic():
        model.delete()
        is_shared = Model.objects.filter(path=model.path).exists()
    if is_ours and not is_shared:
        path.unlink(missing_ok=True)
    if model.state in {State.FETCHING, State.FAILED}:
        with suppress(Busy):  # the worker that is at it drops it when it sees that the row is gone
            fetching.forget(model.source)


def users_of(model: Model) -> list[str]:
    """Who would miss the model, in words."""
    found = [_("profile “%(name)s”") % {"name": one.name} for one in model.profiles.all()]
    pinned = model.servers.filter(is_pinned=True).exclude(state=ModelServer.State.STOPPED)
    found += [_("a server on %(node)s is pinned to it") % {"node": one.node} for one in pinned]
    if model.name in config.load().serving.models:
        found.append(_("serving.models of clawdbot.yaml names it"))
    return found


def check_wishes(wishes: Wishes) -> None:
    """Raises Invalid where a wish cannot be meant."""
    is_hex = all(character in "0123456789abcdefABCDEF" for character in wishes.sha256)
    if wishes.sha256 and (len(wishes.sha256) != SHA256_LENGTH or not is_hex):
        raise Invalid(_("A SHA-256 has 64 characters out of 0-9 and a-f."))
    if len(wishes.licence) > 200 or not (wishes.licence or "-").isprintable():
        raise Invalid(_("A licence is named in 200 characters at most."))


def _add_fetched(source: Source, wishes: Wishes, name: str, watch: files.Watch) -> Added:
    part = Part.of(source.text)
    arrival = Arrival(part.path, source, name, wishes.licence, wishes.sha256)
    with part.locked():
        added = take_part(arrival, Order(source, part, watch))
    if added is None:
        raise AssertionError("nobody stopped it")
    return added


def _is_known(sha256: str) -> bool:
    known = arrivals.with_bytes(sha256)
    return known is not None and not model_check(known)


def _at(arrival: Arrival, path: Path, *, sha256: str = "") -> Arrival:
    return replace(arrival, path=path, sha256=sha256 or arrival.sha256)
