"""Celery's doorbells of apps.ops."""

from celery import shared_task

from apps.ops import erasure


@shared_task(name="ops.purge_dead", acks_late=True)
def purge_dead() -> int:
    """Purge what was deleted or replaced. Safe to repeat."""
    return erasure.purge()
