"""Which models there are, and where one answers."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.errors import NotFound
from apps.core.nodes import node_name
from apps.modelhub.models import Model, ModelServer

FRESH = timedelta(seconds=15)  # the keeper's heartbeat comes every 2
TOUCHED_EVERY = timedelta(seconds=2)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
State = ModelServer.State


def model_list() -> Sequence[Model]:
    """All models, by name."""
    return list(Model.objects.order_by("name"))


def model_get(name: str) -> Model:
    """The model of that name. Raises NotFound."""
    model = Model.objects.filter(name=name).first()
    if model is None:
        raise NotFound(_("There is no model “%(model)s”.") % {"model": name}, code="no_model")
    return model


def loaded_models() -> frozenset[int]:
    """Keys of those that a server reachable from this node holds now. One query."""
    return frozenset(one.model_id for one in _ready(ModelServer.objects.all()))


def servers_of(model: Model) -> Sequence[ModelServer]:
    """Those that hold it now and can be reached from this node, least loaded first."""
    return sorted(_ready(ModelServer.objects.filter(model=model)), key=_load)


def server_for(model: Model) -> ModelServer | None:
    """The one to ask now."""
    return next(iter(servers_of(model)), None)


def model_wanted(model: Model) -> None:
    """Somebody asks for it: its servers are in use, and where there is none, the keeper loads it.

    Cheap to call for each question. One that failed or does not fit is left to the keeper.
    """
    now = clock.now()
    idle = Q(last_used_at=None) | Q(last_used_at__lt=now - TOUCHED_EVERY)
    ModelServer.objects.filter(idle, model=model).update(last_used_at=now)
    if server_for(model) is not None:
        return
    server, is_created = ModelServer.objects.get_or_create(
        model=model, node=node_name(), defaults={"state": State.WANTED, "last_used_at": now}
    )
    if not is_created and server.state == State.STOPPED:
        stopped = ModelServer.objects.filter(pk=server.pk, state=State.STOPPED)
        stopped.update(state=State.WANTED, last_used_at=now)


def _ready(servers: QuerySet[ModelServer]) -> Iterator[ModelServer]:
    fresh = servers.filter(state=State.READY, seen_at__gte=clock.now() - FRESH)
    return filter(_is_reachable, fresh)


def _is_reachable(server: ModelServer) -> bool:
    """Another node's server that listens on its own loopback address is not."""
    return server.node == node_name() or urlsplit(server.url).hostname not in LOOPBACK


def _load(server: ModelServer) -> tuple[float, bool]:
    """Requests at it, for each that it works on at once; of two alike, this node's."""
    at_it = float(server.figures.get("waiting", 0)) + float(server.figures.get("running", 0))
    at_once = max(1, int(server.plan.get("parallel", 1)))
    return at_it / at_once, server.node != node_name()
