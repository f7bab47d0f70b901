"""Two places at once, while originals move from the second to the first."""

from collections.abc import Iterator
from pathlib import Path

from apps.knowledge.blob_stores.protocol import BlobStore


class BothStores:
    """What is new goes to the first; what is not there is looked for in the second, and then in
    the first again: it may have been moved between the two looks."""

    def __init__(self, first: BlobStore, second: BlobStore) -> None:
        self.address = first.address
        self._first, self._second = first, second

    def identity(self) -> str | None:
        """Of the first."""
        return self._first.identity()

    def mark(self) -> str:
        """The first."""
        return self._first.mark()

    def aside(self) -> Path:
        """Of the first."""
        return self._first.aside()

    def keep(self, sha256: str, path: Path) -> None:
        """In the first."""
        self._first.keep(sha256, path)

    def size_of(self, sha256: str) -> int | None:
        """Of whichever has it."""
        sizes = (place.size_of(sha256) for place in (self._first, self._second, self._first))
        return next((size for size in sizes if size is not None), None)

    def read(self, sha256: str, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
        """From whichever has it; when it is moved meanwhile, the rest comes from where it went."""
        try:
            return self._first.read(sha256, start, size_bytes)
        except FileNotFoundError:
            pass
        try:
            blocks = self._second.read(sha256, start, size_bytes)
        except FileNotFoundError:
            return self._first.read(sha256, start, size_bytes)
        return self._followed(blocks, sha256, start, size_bytes)

    def path_of(self, sha256: str) -> Path | None:
        """In the first only: in the second it may be gone the next moment."""
        return self._first.path_of(sha256)

    def remove(self, sha256: str) -> bool:
        """From both."""
        was_there = self._second.remove(sha256)
        return self._first.remove(sha256) or was_there

    def names(self, part: str) -> Iterator[str]:
        """Of both, each once."""
        yield from {*self._first.names(part), *self._second.names(part)}

    def remove_abandoned(self) -> None:
        """In both."""
        self._first.remove_abandoned()
        self._second.remove_abandoned()

    def _followed(
        self, blocks: Iterator[bytes], sha256: str, start: int, size_bytes: int | None
    ) -> Iterator[bytes]:
        sent = 0
        try:
            for block in blocks:
                sent += len(block)
                yield block
        except FileNotFoundError:
            left = None if size_bytes is None else size_bytes - sent
            yield from self._first.read(sha256, start + sent, left)
