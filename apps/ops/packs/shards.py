"""Cutting what is written line by line into members of a moderate size."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from apps.ops.packs.archive import PackWriter
from apps.ops.packs.schema import Line, line_of

SHARD_BYTES = 8 * 2**20


def add_shards(writer: PackWriter, name_of: Callable[[int], str], lines: Iterable[Line]) -> None:
    """Store the lines in as many members as they need; holds one line at a time."""
    waiting = (line_of(line) for line in lines)
    for number, first in enumerate(waiting):
        writer.add(name_of(number), _until_full(chain([first], waiting)))


def _until_full(lines: Iterator[bytes]) -> Iterator[bytes]:
    size_bytes = 0
    for line in lines:
        yield line
        size_bytes += len(line)
        if size_bytes >= SHARD_BYTES:
            return
