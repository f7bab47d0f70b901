"""What an operator decides: this model is served here, or not."""

from django.db import transaction

from apps.core.errors import Conflict
from apps.core.nodes import node_name
from apps.modelhub.models import Model, ModelServer
from apps.ops.model_keeping.servers import State

AT_WORK = (State.READY, State.LOADING)


@transaction.atomic
def pin(model: Model, port: int) -> ModelServer:
    """Want it on this node for good, on that port (0: its last one, or the next free one).

    One that runs as wanted goes on. Raises Conflict: the port is another model's.
    """
    here = ModelServer.objects.filter(node=node_name())
    if port and (other := here.filter(port=port, is_pinned=True).exclude(model=model).first()):
        raise Conflict(f"Port {port} is that of {other.model.name} here. Name another one.")
    server, _ = ModelServer.objects.get_or_create(model=model, node=node_name())
    is_as_wanted = server.state in AT_WORK and port in (0, server.port)
    server.is_pinned, server.port = True, port or server.port
    if not is_as_wanted:
        server.state, server.reason, server.seen_at, server.plan = State.WANTED, "", None, {}
    server.save(update_fields=["is_pinned", "port", "state", "reason", "seen_at", "plan"])
    return server


def unpin(model: Model) -> None:
    """It may go for others; its state stays. Safe to repeat."""
    ModelServer.objects.filter(model=model, node=node_name()).update(is_pinned=False)


def stop(model: Model) -> bool:
    """Have it unloaded from this node; tells whether it was wanted or loaded."""
    here = ModelServer.objects.filter(model=model, node=node_name())
    return bool(
        here.exclude(state=State.STOPPED).update(
            is_pinned=False, state=State.STOPPED, reason="stopped by a command", url="", figures={}
        )
    )
