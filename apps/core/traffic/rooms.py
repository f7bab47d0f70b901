"""The room of this process, as configured."""

import math
import os
from functools import lru_cache

from apps.core import config
from apps.core.traffic.protocols import Store
from apps.core.traffic.room import Room
from apps.core.traffic.spare_store import SpareStore
from apps.core.traffic.sqlite_store import SqliteStore

FILE = "run/traffic.sqlite3"
PAGES_SHARE = 4  # one thread of so many is kept for pages


@lru_cache(maxsize=1)
def room() -> Room:
    """The one room of this process. Opens nothing yet."""
    return Room(_store())


def keep_threads_for_pages(threads: int) -> None:
    """Questions may take all but a quarter of this process's threads: pages never wait for them."""
    room().seats = max(1, threads - math.ceil(threads / PAGES_SHARE))


def _store() -> Store:
    settings = config.load()
    places, queue = settings.service.max_concurrent, settings.traffic.queue
    file = SqliteStore(settings.data_dir / FILE, places=places, queue=queue)
    if settings.broker.url == "filesystem":
        return file
    from apps.core.traffic.redis_store import RedisStore  # most machines have none

    return SpareStore(RedisStore(settings.broker.url, places=places, queue=queue), spare=file)


os.register_at_fork(after_in_child=room.cache_clear)  # threads and connections stay behind
