"""Storing what is not there yet."""

import threading
from dataclasses import dataclass, field

from apps.ops.backups.pool import Pool
from apps.ops.backups.repository import Repository


@dataclass(slots=True)
class Deposit:
    """What one backup stores: each object once, whoever stored it first."""

    repository: Repository
    pool: Pool
    held: set[str] = field(default_factory=set)
    new_objects: int = 0
    new_bytes: int = 0  # as they lie there: compressed, sealed
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def into(cls, repository: Repository, pool: Pool) -> "Deposit":
        """Knows what is there already. Hold the folder's lock."""
        return cls(repository, pool, set(repository.folder.objects()))

    def keep(self, kind: str, content: bytes) -> str:
        """Store the content under its name; returns that."""
        name = self.repository.sealer.name(kind, content)
        self.keep_as(name, content)
        return name

    def keep_as(self, name: str, content: bytes) -> None:
        """Store the content under a name that is the same for the same content."""
        if name in self.held:
            return
        self.held.add(name)
        self.pool.submit(lambda: self._put(name, content))

    def _put(self, name: str, content: bytes) -> None:
        size_bytes = self.repository.put(name, content)
        with self._lock:
            self.new_objects += 1
            self.new_bytes += size_bytes
