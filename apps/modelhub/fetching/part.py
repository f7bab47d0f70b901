"""Unfinished files: `<key>.part` with what is there, `<key>.json` with what is known of it."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from apps.core.errors import Conflict
from apps.modelhub import files


class Busy(Conflict):
    """Another process is at it."""

    code = "being_fetched"


@dataclass(frozen=True, slots=True)
class Notes:
    """What the server said about the whole file. `size` 0, `etag` and `sha256` empty: nothing."""

    source: str = ""
    etag: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The unfinished file of one source."""

    path: Path

    @classmethod
    def of(cls, source: str) -> "Part":
        """The same source has the same part."""
        key = hashlib.sha256(source.encode()).hexdigest()[:24]
        return cls(folder() / f"{key}.part")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else works on it during the block. Raises Busy at once."""
        while True:
            with self.path.open("ab") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise Busy(_("This file is being fetched already.")) from None
                if self._is_at_its_place(file.fileno()):
                    yield
                    return

    @property
    def size(self) -> int:
        """Bytes that are there."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    @property
    def notes(self) -> Notes:
        """What is known of it; a file that cannot be read says nothing."""
        try:
            found = json.loads(self._notes_path.read_text())
            return Notes(
                source=str(found["source"]),
                etag=str(found["etag"]),
                size=int(found["size"]),
                sha256=str(found["sha256"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Notes()

    def note(self, notes: Notes) -> None:
        """Remember it for whoever goes on."""
        fresh = self._notes_path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(notes)))
        fresh.replace(self._notes_path)

    def remove(self) -> None:
        """Forget it, bytes and all."""
        self.path.unlink(missing_ok=True)
        self._notes_path.unlink(missing_ok=True)

    def forget_notes(self) -> None:
        """The bytes have become a model's file."""
        self._notes_path.unlink(missing_ok=True)

    @property
    def _notes_path(self) -> Path:
        return self.path.with_suffix(".json")

    def _is_at_its_place(self, descriptor: int) -> bool:
        """False: whoever held the lock before has moved or removed the file."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        return False


def folder() -> Path:
    """Where unfinished files lie."""
    place = files.folder() / ".fetching"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def parts() -> Sequence[Part]:
    """All unfinished files, those with bytes in them."""
    return [part for path in sorted(folder().glob("*.part")) if (part := Part(path)).size]


def forget(source: str) -> None:
    """Remove what was fetched of a source. Raises Busy."""
    drop(Part.of(source))


def drop(part: Part) -> None:
    """Remove an unfinished file. Raises Busy."""
    with part.locked():
        part.remove()
