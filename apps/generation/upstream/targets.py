"""Where a model answers: this installation's model servers, else those named in serving.servers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _

from apps.core import clock, config
from apps.core.errors import NotFound
from apps.generation.upstream import failures
from apps.generation.upstream.connections import client
from apps.generation.upstream.values import Target
from apps.modelhub.models import ModelServer
from apps.modelhub.selectors import FRESH, model_get, model_wanted, server_for

LOADING_S = 5
_KEPT_S, _KEPT_FAILURE_S, _ASK_S = 30.0, 15.0, 1.0


def target_for(model: str) -> Target:
    """Where `model` answers now; the least loaded of several servers.

    Raises NotFound when nobody has such a model, Retryable `model_loading` (details
    `retry_after_s`) when one is being loaded, which this call asks for.
    """
    try:
        row = model_get(model)
    except NotFound:
        return _elsewhere(model)
    model_wanted(row)  # in use: not the next to be unloaded
    if server := server_for(row):
        context = int(server.plan.get("context") or 0)
        return Target(_v1(server.url), model, sha256=row.sha256, context=context)
    try:
        return _elsewhere(model)
    except NotFound:
        raise failures.loading(model, LOADING_S) from None


def remote_target() -> Target | None:
    """The engine of engines.remote_url; None where there is none."""
    engines = config.load().engines
    if not engines.remote_url:
        return None
    return Target(
        url=engines.remote_url.rstrip("/"),
        model=engines.remote_model,
        key=engines.remote_key,
        is_remote=True,
        context=engines.remote_context,
    )


def usual_model() -> str:
    """The model that answers where a profile names none: the first of serving.models, else one
    that is loaded, else one of serving.servers; "" where there is none. One query at most."""
    if named := config.load().serving.models:
        return named[0]
    ready = ModelServer.objects.filter(
        state=ModelServer.State.READY,
        seen_at__gte=clock.now() - FRESH,
        model__is_embedding=False,
    )
    loaded = ready.order_by("-is_pinned", "model__name").values_list("model__name", flat=True)
    return loaded.first() or next(iter(served_elsewhere()), "")


def _elsewhere(model: str) -> Target:
    address = served_elsewhere().get(model)
    if address is None:
        raise NotFound(_("There is no model “%(model)s”.") % {"model": model}, code="no_model")
    return Target(address, model)


@dataclass(frozen=True, slots=True)
class _Asked:
    names: tuple[str, ...]
    until: float


_lock = Lock()
_asked: dict[str, _Asked] = {}


def served_elsewhere() -> Mapping[str, str]:
    """Names of the models that the servers of serving.servers have, with the address of each.

    Asked anew every half minute; a server out of reach has none.
    """
    found: dict[str, str] = {}
    for server in config.load().serving.servers:
        for name in _names(_v1(server)):
            found.setdefault(name, _v1(server))
    return found


def forget() -> None:
    """Ask all servers anew."""
    with _lock:
        _asked.clear()


def _names(address: str) -> tuple[str, ...]:
    with _lock:
        known = _asked.get(address)
    if known is not None and time.monotonic() < known.until:
        return known.names
    names = _models_at(address)
    kept_s = _KEPT_FAILURE_S if names is None else _KEPT_S
    with _lock:
        _asked[address] = _Asked(names or (), time.monotonic() + kept_s)
    return names or ()


def _models_at(address: str) -> tuple[str, ...] | None:
    import httpx

    try:
        response = client().get(f"{address}/models", timeout=_ASK_S)
        body: Any = response.raise_for_status().json()
        return tuple(str(one["id"]) for one in body["data"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None


def _v1(address: str) -> str:
    """The address with `/v1` at its end."""
    return address.rstrip("/").removesuffix("/v1") + "/v1"
