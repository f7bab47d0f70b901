"""Originals in the database: one place for all nodes, nothing else to run or to back up."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.db.models import Max, Sum
from django.db.models.functions import Length

from apps.knowledge.blob_stores import aside
from apps.knowledge.blob_stores.parts import part_read, part_write
from apps.knowledge.models.originals import PART_BYTES, OriginalPart

IDENTITY = "database"


class DatabaseStore:
    """Rows of PART_BYTES each; the last one is shorter. All rows of a hash come in one commit."""

    address = IDENTITY

    def identity(self) -> str:
        """Whoever has the database has the originals."""
        return IDENTITY

    def mark(self) -> str:
        """Nothing to write."""
        return IDENTITY

    def aside(self) -> Path:
        """This node's own."""
        return aside.folder()

    def keep(self, sha256: str, path: Path) -> None:
        """In one transaction, or the caller's. Rows that are there and whole are left alone."""
        if self._is_whole(sha256):
            return
        with transaction.atomic(), path.open("rb") as file:
            OriginalPart.objects.filter(sha256=sha256).delete()
            number, data = 0, file.read(PART_BYTES)
            while data or not number:  # an empty file has one empty part
                part_write(sha256, number, data)
                number, data = number + 1, file.read(PART_BYTES)

    def size_of(self, sha256: str) -> int | None:
        """Added up from the rows."""
        parts = OriginalPart.objects.filter(sha256=sha256)
        total: int | None = parts.aggregate(total=Sum(Length("data")))["total"]
        return total

    def read(self, sha256: str, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
        """A query for each part; of the first and the last only what is asked for."""
        if not OriginalPart.objects.filter(sha256=sha256).exists():
            raise FileNotFoundError(sha256)
        return self._parts(sha256, start, size_bytes)

    def path_of(self, sha256: str) -> Path | None:
        """There is no file."""
        return None

    def remove(self, sha256: str) -> bool:
        """Delete its rows. Their space is used again once the purge has vacuumed the table."""
        return bool(OriginalPart.objects.filter(sha256=sha256).delete()[0])

    def names(self, part: str) -> Iterator[str]:
        """In order."""
        above = f"{int(part, 16) + 1:02x}" if part != "ff" else "g"
        first = OriginalPart.objects.filter(number=0, sha256__gte=part, sha256__lt=above)
        yield from first.order_by("sha256").values_list("sha256", flat=True).iterator(1000)

    def remove_abandoned(self) -> None:
        """A transaction that was cut short left nothing."""

    def _is_whole(self, sha256: str) -> bool:
        if self.size_of(sha256) is None:
            return False
        digest = hashlib.sha256()
        for block in self._parts(sha256, 0, None):
            digest.update(block)
        return digest.hexdigest() == sha256

    def _parts(self, sha256: str, start: int, size_bytes: int | None) -> Iterator[bytes]:
        numbers = OriginalPart.objects.filter(sha256=sha256)
        last = numbers.aggregate(last=Max("number"))["last"]
        if last is None:
            raise FileNotFoundError(sha256)
        stop = (last + 1) * PART_BYTES if size_bytes is None else start + size_bytes
        while start < stop and start // PART_BYTES <= last:
            offset = start % PART_BYTES
            wanted = min(PART_BYTES - offset, stop - start)
            data = part_read(sha256, start // PART_BYTES, offset, wanted)
            if data is None:  # removed meanwhile
                raise FileNotFoundError(sha256)
            if data:
                yield data
            start += PART_BYTES - offset
