"""One start of a node at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.supervision import places


@contextmanager
def held(configuration: Config) -> Iterator[None]:
    """Keep others from starting the node. Raises Conflict while another start is under way.

    The kernel lets go of the lock when this process ends, however that comes about; the processes
    it starts do not inherit it.
    """
    places.make_folders(configuration)
    with (places.run_dir(configuration) / "start.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                "Another start is under way here. Look in a moment: clawdbot status"
            ) from None
        yield
