"""A published state of an index, vectors and words, compared with the database."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from apps.retrieval.index_files import Damaged
from apps.retrieval.index_snapshot import Snapshot
from apps.retrieval.lexical.census import LexicalCensus
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.shared_vectors import kept_dimension
from apps.retrieval.verifying.findings import Drift, Findings, Place, Progress
from apps.retrieval.verifying.rows import RowComparison, rows_in_segments
from apps.retrieval.verifying.suspects import Suspects
from apps.retrieval.verifying.truth import Ids, Truth, changed_after
from apps.retrieval.verifying.words import WordComparison


@dataclass(frozen=True, slots=True)
class Held:
    """How much a state holds: rows with a vector, and chunks that words find."""

    vectors: int = 0
    words: int = 0


@dataclass(frozen=True, slots=True)
class Comparing:
    """What both comparisons need."""

    generation: EmbeddingGeneration
    truth: Truth
    findings: Findings
    suspects: Suspects
    progress: Progress


def compare_contents(snapshot: Snapshot, census: LexicalCensus | None, run: Comparing) -> Held:
    """Note what differs. What cannot be read is noted, and the rest compared all the same."""
    manifest, generation = snapshot.manifest, run.generation
    if (manifest.model_sha256, manifest.dimension) != (
        generation.model_sha256,
        kept_dimension(generation),
    ):
        made_by = f"index of {manifest.model_name} ({manifest.model_sha256[:8]})"
        run.findings.add(Place.SEGMENTS, Drift.STALE, [made_by], count=manifest.rows)
        run.suspects.is_everything = True
        return Held()
    changed = changed_after(manifest.change_seq)
    rows = RowComparison(run.truth, changed, run.findings, run.suspects)
    rows.compares_vectors = manifest.dimension == generation.dimension
    unreadable = list[str]()
    for done in rows.take(rows_in_segments(snapshot, unreadable)):
        run.progress("rows of the index", done, manifest.rows)
    rows.finish()
    for path in unreadable:
        _note_unreadable(Place.SEGMENTS, path, run)
    ignored = np.union1d(rows.recent, run.truth.chunks_of(changed))
    return Held(rows.vectors, _compare_words(snapshot, census, ignored, rows.orphans, run))


def _compare_words(
    snapshot: Snapshot,
    census: LexicalCensus | None,
    ignored: Ids,
    orphans: Mapping[int, int],
    run: Comparing,
) -> int:
    if snapshot.lexical is None or census is None:
        return 0
    words = WordComparison(run.truth, ignored, orphans, run.findings, run.suspects)
    try:
        for done in words.take(census):
            run.progress("words of the index", done, run.truth.rows)
        words.try_terms(snapshot.lexical)
    except Damaged:
        _note_unreadable(Place.WORDS, snapshot.manifest.lexical_folder, run)
    return words.rows


def _note_unreadable(place: Place, path: str, run: Comparing) -> None:
    """Also where every file is what was written: then only making all of it anew helps."""
    run.findings.add(place, Drift.CORRUPT, [f"{path} cannot be read"])
    run.suspects.is_everything = True
