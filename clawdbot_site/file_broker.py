"""Celery's broker for one machine: a folder in which each message is a file.

kombu's own filesystem transport lets a reader take a file that is still being written, which ends
the worker (JSONDecodeError), and keeps its bindings in files that race likewise. Here a message
appears by an atomic rename and is taken by one. Bindings are each process's own: every queue is
declared by those who use it.
"""

import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

SUFFIX = ".msg"


class Channel(virtual.Channel):  # type: ignore[misc]
    """Queues as files `<time>_<id>.<queue>.msg`, oldest first."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:
        name = f"{time.time_ns():020}_{uuid.uuid4().hex}.{queue}{SUFFIX}"
        fresh = self._folder / f".{name}"
        fresh.write_text(dumps(payload), encoding="utf-8")
        fresh.rename(self._folder / name)

    def _get(self, queue: str) -> Any:
        for path in self._waiting(queue):
            taken = path.with_name(f".taken-{os.getpid()}-{path.name}")
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue  # another worker was faster
            text = taken.read_text(encoding="utf-8")
            taken.unlink()
            return loads(text)
        raise Empty

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._waiting(queue))

    def _purge(self, queue: str) -> int:
        count = 0
        for path in self._waiting(queue):
            path.unlink(missing_ok=True)
            count += 1
        return count

    def _waiting(self, queue: str) -> Iterator[Path]:
        for name in sorted(os.listdir(self._folder)):
            stamp, _, rest = name.partition(".")
            if stamp and rest == queue + SUFFIX:
                yield self._folder / name

    @property
    def _folder(self) -> Path:
        return Path(self.connection.client.transport_options["folder"])


class Transport(virtual.Transport):  # type: ignore[misc]
    """Direct exchanges only: no fanout, so no remote control of workers."""

    Channel = Channel
    global_state = virtual.BrokerState()
    default_port = 0
    driver_type = driver_name = "files"

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        self.state = self.global_state

    def driver_version(self) -> str:
        """Shown in Celery's banner."""
        return "1"
