"""Reading a local file as an upload."""

from collections.abc import Iterator
from pathlib import Path

PIECE_BYTES = 1 << 20


def pieces(path: Path) -> Iterator[bytes]:
    """The file's bytes, a megabyte at a time."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
