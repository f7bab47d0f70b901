"""How many cores this process may use."""

import math
import os

from apps.core import config


def cores_for(wanted: int) -> int:
    """`wanted` threads, 0 meaning all, but never more than resource.cpu_limit allows."""
    share = config.load().resource.cpu_limit
    allowed = math.ceil(len(os.sched_getaffinity(0)) * share)
    return min(wanted or allowed, allowed)
