"""Celery's doorbells of the node itself."""

from celery import shared_task

from apps.core import config
from apps.core.errors import Conflict
from clawdbot_site.supervision import keeper_presence


@shared_task(name="node.keep_models", acks_late=True)
def keep_models() -> bool:
    """See that a node with models has a keeper, however they came. Safe to repeat."""
    configuration = config.load()
    if not keeper_presence.is_needed(configuration):
        return False
    try:
        return keeper_presence.ensure(configuration)
    except Conflict:  # under no supervisor of ours
        return False
