"""What each node has to do for itself now and then, whichever node the schedule's rings reach."""

import logging
import threading
from itertools import count

from django.db import DatabaseError, connections

from apps.core import config
from apps.core.errors import ClawdbotError, Conflict
from apps.knowledge import blobs
from apps.knowledge.blob_stores import aside
from apps.ops.packs.uploads import exports_clean
from clawdbot_site.supervision import keeper_presence

logger = logging.getLogger(__name__)
EVERY_S = 10.0
HOURLY = 360  # turns


def start() -> None:
    """Do the chores in a thread of this process, to its end. Needs Django."""
    threading.Thread(target=_work, daemon=True, name="node-chores").start()


def do_once() -> None:
    """All of them, safe to repeat. Raises DatabaseError, OSError, ClawdbotError."""
    keep_models()
    aside.remove_abandoned(aside.folder(), is_shared=False)
    exports_clean()


def do_hourly() -> None:
    """Those that ask the place of the originals. Raises as `do_once`."""
    blobs.remove_abandoned()


def keep_models() -> bool:
    """See that a node with models has a keeper, however they came; whether it got one now."""
    configuration = config.load()
    if not keeper_presence.is_needed(configuration):
        return False
    try:
        return keeper_presence.ensure(configuration)
    except Conflict:  # under no supervisor of ours
        return False


def _work() -> None:
    pause = threading.Event()
    for turn in count():
        try:
            do_once()
            if turn % HOURLY == 0:
                do_hourly()
        except (DatabaseError, ClawdbotError, OSError) as error:
            logger.warning("the node's chores are left for later: %s", error)
        finally:
            connections.close_all()
        pause.wait(EVERY_S)
