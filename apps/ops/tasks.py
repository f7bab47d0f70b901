"""Celery's doorbells of apps.ops."""

from celery import shared_task

from apps.ops import erasure
from apps.ops.packs import uploads


@shared_task(name="ops.purge_dead", acks_late=True)
def purge_dead() -> int:
    """Purge what was deleted or replaced. Safe to repeat."""
    return erasure.purge()


@shared_task(name=uploads.IMPORT_PACK, acks_late=True)
def import_pack(key: int) -> str:
    """Take an uploaded knowledge pack over. Safe to repeat: only a waiting one is taken."""
    return uploads.pack_work(key)


@shared_task(name="ops.sweep_packs", acks_late=True)
def sweep_packs() -> int:
    """Clean up after imports of packs that were cut short. Safe to repeat."""
    return uploads.sweep()
