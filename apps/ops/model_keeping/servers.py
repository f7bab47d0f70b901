"""The rows of this node's model servers: read, and moved from state to state."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from apps.core import clock
from apps.core.config import Config
from apps.core.nodes import node_name
from apps.modelhub.models import Model, ModelServer
from apps.serving.plan import Plan

State = ModelServer.State
LONGEST_REASON = 500


def of_node() -> Sequence[ModelServer]:
    """All of this node, with their models."""
    return list(ModelServer.objects.filter(node=node_name()).select_related("model"))


def move(server: ModelServer, state: State, *, reason: str = "", **values: Any) -> bool:
    """Put it into another state, unless somebody else just did; tells whether it is in it now."""
    values |= {"state": state, "reason": reason[:LONGEST_REASON]}
    changed = ModelServer.objects.filter(pk=server.pk, state=server.state).update(**values)
    if changed:
        for name, value in values.items():
            setattr(server, name, value)
    return bool(changed)


def note(server: ModelServer, **values: Any) -> None:
    """Keep what was seen of it; its state stays."""
    ModelServer.objects.filter(pk=server.pk).update(**values)
    for name, value in values.items():
        setattr(server, name, value)


def beat(servers: Iterable[ModelServer]) -> None:
    """Tell that the keeper has looked at them now."""
    keys = [server.pk for server in servers]
    ModelServer.objects.filter(pk__in=keys).update(seen_at=clock.now())


def declare(names: Iterable[str]) -> None:
    """Want the models that serving.models names; those that are loaded or refused stay so."""
    for model in Model.objects.filter(name__in=list(names)):
        server, is_created = ModelServer.objects.get_or_create(model=model, node=node_name())
        if not is_created and server.state == State.STOPPED:
            move(server, State.WANTED)


def is_kept(server: ModelServer, configuration: Config) -> bool:
    """It is not unloaded for another one: pinned by a command, or named in clawdbot.yaml."""
    return server.is_pinned or server.model.name in configuration.serving.models


def plan_of(server: ModelServer) -> Plan | None:
    """The plan that it was loaded with; None: it never was, or by an older version."""
    try:
        return Plan.from_json(json.dumps(server.plan))
    except ValueError:
        return None
