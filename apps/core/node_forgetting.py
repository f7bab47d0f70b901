"""Which processes that fell silent are not coming back."""

import socket
from datetime import datetime, timedelta

import psutil
from django.db.models import Exists, OuterRef

from apps.core.node_records import NodeProcess

REPLACED_AFTER = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(days=1)
HEARD_OF = timedelta(seconds=30)


def forget(now: datetime) -> int:
    """Remove their rows; returns how many. Safe to repeat, by every process.

    Those of this machine that are gone; those silent for ten minutes beside living ones of the same
    node and kind; those silent for a day. A whole node that fell silent is shown until then.
    """
    here = NodeProcess.objects.filter(host=socket.gethostname(), seen_at__lt=now - HEARD_OF)
    gone = [row.pk for row in here if not psutil.pid_exists(row.pid)]
    alive = NodeProcess.objects.filter(
        node=OuterRef("node"), kind=OuterRef("kind"), seen_at__gte=now - HEARD_OF
    )
    replaced = NodeProcess.objects.filter(Exists(alive), seen_at__lt=now - REPLACED_AFTER)
    left = NodeProcess.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER)
    keys = {*gone, *replaced.values_list("pk", flat=True), *left.values_list("pk", flat=True)}
    if not keys:
        return 0
    return NodeProcess.objects.filter(pk__in=keys, seen_at__lt=now - HEARD_OF).delete()[0]
