"""What a place for originals can do. One contract suite runs on all of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext

from apps.core.errors import Retryable

BLOCK_BYTES = 256 * 1024  # read at one time; a store may yield larger blocks


class PlaceAway(Retryable):
    """A store does not answer, or refuses; `reason` is for administrators only."""

    code = "originals_away"

    def __init__(self, reason: str) -> None:
        super().__init__(gettext("The place of the originals is out of reach. Try again later."))
        self.reason = reason


class BlobStore(Protocol):
    """Bytes under their SHA-256 (64 hexadecimal digits, lower case), whole or not at all.

    Every method raises PlaceAway while the store cannot be reached.
    """

    address: str  # as an operator writes it, without secrets

    def identity(self) -> str | None:
        """What tells this place from all others, the same on every node; None: not used yet."""

    def mark(self) -> str:
        """Give a place its identity where it has none; returns it. Safe in two processes."""

    def aside(self) -> Path:
        """A folder for files that are about to be kept. It may not exist yet."""

    def keep(self, sha256: str, path: Path) -> None:
        """Store the file's bytes; they are durable on return, and the file may be gone.

        The same bytes again change nothing, and put right what was damaged.
        """

    def size_of(self, sha256: str) -> int | None:
        """How many bytes there are; None when there are none of this hash."""

    def read(self, sha256: str, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` on, all or `size_bytes` of them, in blocks.

        Raises FileNotFoundError at the call, and also later when they are removed meanwhile.
        """

    def path_of(self, sha256: str) -> Path | None:
        """The file itself, whether or not it exists; None where bytes are in no file."""

    def remove(self, sha256: str) -> bool:
        """Delete the bytes for good, old versions of them too; False when they were not there."""

    def names(self, part: str) -> Iterator[str]:
        """The hashes that begin with these two digits."""

    def remove_abandoned(self) -> None:
        """Delete what writers that were killed left behind long ago. Safe to repeat."""
