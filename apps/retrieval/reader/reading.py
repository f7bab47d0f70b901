"""Reading what was found, best ranked first, as long as it pays and time allows."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.core import config
from apps.retrieval.language import Language
from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.protocols import Calibration, Hit, PassageReader, Read
from apps.retrieval.reader import loading
from apps.retrieval.reader.model_folder import calibration_for
from apps.retrieval.reader.ranking import is_certain, reordered


@dataclass(frozen=True, slots=True)
class Reading:
    """The hits, best first, and why not all that should have been read was ("": it was)."""

    hits: Sequence[Hit]
    problem: str = ""
    reader_sha256: str = ""  # of who read; empty: nobody did


def read_hits(query: str, hits: Sequence[Hit], *, spoken: Language) -> Reading:
    """Read the first `retrieval.read` hits and order them by what was read.

    `hits` in rank order. They keep that order when there is no reader for the query's language,
    or none at all.
    """
    settings = config.load().retrieval
    try:
        reader = loading.reader()
    except ModelDamaged as error:
        return Reading(hits, error.message)
    if not spoken.needed <= reader.languages:
        return Reading(hits)
    calibration = calibration_for(reader.calibration, spoken)
    passages = [(hit.context, hit.text) for hit in hits[: settings.read]]
    deadline = time.monotonic() + settings.read_deadline_ms / 1000
    reads = read_in_turns(reader, query, passages, calibration=calibration, deadline=deadline)
    problem = ""
    if len(reads) < len(passages) and not is_certain(reads, calibration):
        problem = (
            f"only {len(reads)} of {len(passages)} passages were read"
            f" in {settings.read_deadline_ms} ms"
        )
    return Reading(reordered(hits, reads, calibration), problem, reader.sha256)


def read_in_turns(  # what is read, and two reasons to stop
    reader: PassageReader,
    question: str,
    passages: Sequence[tuple[str, str]],
    *,
    calibration: Calibration,
    deadline: float,
    clock: Callable[[], float] = time.monotonic,
) -> list[Read]:
    """What was read of the passages, from the first on, without gaps.

    Ends early at the deadline, but not before the first is read, and when the best is certain.
    `reader.at_once` are asked for at a time, so that several questions take turns.
    """
    reads: list[Read] = []
    for start in range(0, len(passages), reader.at_once):
        if start and (clock() >= deadline or is_certain(reads, calibration)):
            break
        turn = passages[start : start + reader.at_once]
        got = reader.read(question, turn, deadline=deadline, at_least=0 if start else 1)
        reads += _before_first_gap(got)
        if None in got:
            break
    return reads


def _before_first_gap(got: Sequence[Read | None]) -> list[Read]:
    reads: list[Read] = []
    for one in got:
        if one is None:
            break
        reads.append(one)
    return reads
