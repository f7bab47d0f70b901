"""What one process at a time does for all nodes: a row says who, and until when."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.core import clock
from apps.core.node_records import Lease


def lease_hold(name: str, *, holder: str, for_s: float) -> bool:
    """Take the lease, or keep it, from now on; False: another holder's has not ended yet.

    Only one holder at a time is told True, by the installation's clock. Raises DatabaseError.
    """
    now = clock.now()
    values = {"holder": holder, "until": now + timedelta(seconds=for_s)}
    free = Lease.objects.filter(Q(holder=holder) | Q(until__lt=now), name=name)
    if free.update(**values):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, **values)
    except IntegrityError:  # another one was quicker
        return False
    return True


def lease_end(name: str, *, holder: str) -> None:
    """Let go of it, so that the next one need not wait. Safe to repeat."""
    Lease.objects.filter(name=name, holder=holder).delete()
