"""A reader that remembers on disk what it has read: a run that was cut goes on where it was."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.retrieval.protocols import Calibration, PassageReader, Read, Span
from apps.retrieval.reader import answer_spans, prefixes, windows


class CachedReader:
    """PassageReader in front of another; one file of lines in `folder` for each model.

    Another model, or other code that prepares what it is given, begins a file of its own.
    """

    def __init__(self, reader: PassageReader, folder: Path) -> None:
        self._reader = reader
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"read-{reader.sha256[:16]}-{_code_digest()}.jsonl"
        self._known: dict[str, Read] = {}
        if self._path.exists():
            for line in self._path.read_text().splitlines():
                if line.endswith("]"):  # the last one may have been cut
                    key, relevance, spans = json.loads(line)
                    self._known[key] = Read(relevance, tuple(Span(*span) for span in spans))
        self._file = self._path.open("a")
        self._file.write("\n")

    @property
    def sha256(self) -> str:
        """Of the model behind."""
        return self._reader.sha256

    @property
    def languages(self) -> frozenset[str]:
        """Of the model behind."""
        return self._reader.languages

    @property
    def calibration(self) -> Mapping[str, Calibration]:
        """Of the model behind."""
        return self._reader.calibration

    @property
    def at_once(self) -> int:
        """Of the model behind."""
        return self._reader.at_once

    def read(
        self,
        question: str,
        passages: Sequence[tuple[str, str]],
        *,
        deadline: float | None = None,
        at_least: int = 0,
    ) -> list[Read | None]:
        """See PassageReader; everything is read, whatever the deadline."""
        keys = [_key(question, *passage) for passage in passages]
        places = [place for place, key in enumerate(keys) if key not in self._known]
        if places:
            fresh = self._reader.read(
                question, [passages[place] for place in places], deadline=None
            )
            for place, read in zip(places, fresh, strict=True):
                if read is not None:
                    self._keep(keys[place], read)
            self._file.flush()
        return [self._known[key] for key in keys]

    def _keep(self, key: str, read: Read) -> None:
        self._known[key] = read
        spans = [[span.start, span.end, span.score] for span in read.spans]
        self._file.write(json.dumps([key, read.relevance, spans]) + "\n")


def _code_digest() -> str:
    code = b"".join(Path(part.__file__).read_bytes() for part in (prefixes, windows, answer_spans))
    return hashlib.sha256(code).hexdigest()[:8]


def _key(question: str, context: str, text: str) -> str:
    return hashlib.sha256("\0".join([question, context, text]).encode()).hexdigest()[:24]
