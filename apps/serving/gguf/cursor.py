"""Reads a header from front to back, and never further or more than a header may be."""

import struct
from typing import BinaryIO

from apps.serving.errors import ModelUnusable

MAX_HEADER_BYTES = 128 * 1024**2  # vocabularies of 262,144 tokens with their merges take 15 MB
MAX_ELEMENTS = 4 * 1024**2  # strings of all arrays together
MAX_KEPT_BYTES = 16 * 1024**2  # of texts that are kept
SKIPPED_TEXT_BYTES = 1024**2  # longer ones (whole tokenizers as JSON) are passed over
PIECE_BYTES = 1024**2


class Cursor:
    """A place in a file of `size` bytes. Everything read is checked against what is left."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self.size = file, size
        self.offset = 0
        self._kept = self._elements = 0

    def number(self, layout: str) -> int | float:
        """One little-endian number, as `struct` writes its layout."""
        value: int | float = struct.unpack(layout, self._take(struct.calcsize(layout)))[0]
        return value

    def unsigned(self, layout: str = "<Q") -> int:
        """One number that counts something."""
        return int(self.number(layout))

    def bytes_of(self, what: str, *, at_most: int) -> bytes:
        """A text as it is written: its length, then its bytes."""
        length = self.unsigned()
        if length > at_most:
            raise ModelUnusable(
                f"The file is damaged: {what} is {length:,} bytes long, {at_most:,} at most."
            )
        self._kept += length
        if self._kept > MAX_KEPT_BYTES:
            raise ModelUnusable(f"The header holds over {MAX_KEPT_BYTES:,} bytes of texts.")
        return self._take(length)

    def text(self) -> str | None:
        """A text of the metadata; None for one too long to be of use here, which is skipped."""
        length = self.unsigned()
        if length > SKIPPED_TEXT_BYTES:
            self.skip(length)
            return None
        self._kept += length
        if self._kept > MAX_KEPT_BYTES:
            raise ModelUnusable(f"The header holds over {MAX_KEPT_BYTES:,} bytes of texts.")
        return self._take(length).decode(errors="replace")

    def skip_texts(self, count: int) -> None:
        """Pass over an array of texts."""
        self._elements += count
        if self._elements > MAX_ELEMENTS or count * 8 > self.left:
            raise ModelUnusable(f"The file is damaged: it has a list of {count:,} texts.")
        for _ in range(count):
            self.skip(self.unsigned())

    def numbers(self, layout: str, count: int, *, keep: int) -> tuple[int | float, ...]:
        """An array of numbers; empty when it has more than `keep`."""
        width = struct.calcsize(layout)
        if count <= keep:
            return struct.unpack(f"<{count}{layout[1]}", self._take(count * width))
        self.skip(count * width)
        return ()

    def skip(self, count: int) -> None:
        """Pass over `count` bytes."""
        if count > self.left:
            raise self._too_short()
        while count:
            piece = min(count, PIECE_BYTES)
            self._take(piece)
            count -= piece

    @property
    def left(self) -> int:
        """How many more bytes there may be."""
        return min(self.size, MAX_HEADER_BYTES) - self.offset

    def _take(self, count: int) -> bytes:
        if count > self.left:
            raise self._too_short()
        taken = self._file.read(count)
        self.offset += len(taken)
        if len(taken) < count:
            raise self._too_short()
        return taken

    def _too_short(self) -> ModelUnusable:
        if self.size > MAX_HEADER_BYTES:
            return ModelUnusable("The file is damaged: its header does not end.")
        return ModelUnusable(
            f"The file is truncated or damaged: it ends after {self.size:,} bytes, inside its"
            " header. Fetch or copy it again."
        )
