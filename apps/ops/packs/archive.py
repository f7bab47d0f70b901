"""Writing the file of a pack: a ZIP64 whose bytes depend on nothing but what is put in."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from apps.ops.packs import schema
from apps.ops.packs.schema import Line, MemberFacts

# The archive's comment, its last bytes: SHA-256 of every byte of the file before the digits.
SEAL = b"clawdbot-pack 1 sha256:"
SEAL_BYTES = len(SEAL) + 64
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a ZIP; a real time would make equal packs differ
READ_BYTES = 2**20
PARTIAL = ".partial-"


class PackWriter:
    """Takes members, one after the other, and notes size and hash of each."""

    def __init__(self, file: IO[bytes]) -> None:
        self.members: dict[str, MemberFacts] = {}
        self._zip = ZipFile(file, "w")
        self._zip.comment = SEAL + b"0" * 64

    def add(self, name: str, chunks: Iterable[bytes], *, size_hint: int = 0) -> MemberFacts:
        """Store one member; `size_hint` (bytes) need only be right beyond 2 GiB.

        What is compressed already (originals, vectors) is stored as it is.
        """
        info = ZipInfo(name, date_time=EARLIEST)
        is_text = name.endswith((".json", ".jsonl"))
        info.compress_type = ZIP_DEFLATED if is_text else ZIP_STORED
        info.external_attr, info.create_system = 0o600 << 16, 3
        info.file_size = size_hint
        digest, size_bytes = hashlib.sha256(), 0
        with self._zip.open(info, "w") as member:
            for chunk in chunks:
                digest.update(chunk)
                size_bytes += member.write(chunk)
        facts = MemberFacts(sha256=digest.hexdigest(), size=size_bytes)
        self.members[name] = facts
        return facts

    def add_lines(self, name: str, lines: Iterable[Line]) -> int:
        """Store a member of JSON lines; returns how many."""
        count = 0

        def counted() -> Iterator[bytes]:
            nonlocal count
            for count, line in enumerate(lines, start=1):  # noqa: B007
                yield schema.line_of(line)

        self.add(name, counted())
        return count

    def finish(self, manifest: Line) -> None:
        """Write the manifest, which the directory names first, and end the archive."""
        self.add(schema.MANIFEST, [schema.line_of(manifest)])
        self._zip.filelist.insert(0, self._zip.filelist.pop())
        self._zip.close()


@contextmanager
def writing(target: Path) -> Iterator[PackWriter]:
    """The file at `target`, there at once and whole after the block; not at all when that fails.

    The block ends with `finish`. Durable when this returns.
    """
    with tempfile.NamedTemporaryFile(
        dir=target.parent, prefix=f".{target.name}{PARTIAL}", delete=False
    ) as file:
        partial = Path(file.name)
        try:
            yield PackWriter(file)
            seal(file)
            os.fsync(file.fileno())
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    _fsync_folder(target.parent)


def seal(file: IO[bytes]) -> None:
    """Put the hash of everything before it into the archive's comment."""
    file.flush()
    end = file.seek(0, os.SEEK_END)
    digest = digest_of(file, end - 64)
    file.seek(end - 64)
    file.write(digest.encode())
    file.flush()


def digest_of(file: IO[bytes], size_bytes: int) -> str:
    """SHA-256 of the first bytes of a file, in hexadecimal digits."""
    digest, left = hashlib.sha256(), size_bytes
    file.seek(0)
    while left > 0 and (chunk := file.read(min(READ_BYTES, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
