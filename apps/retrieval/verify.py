"""Comparing a node's index with the database: what is missing, what is too much, what is broken."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.knowledge import changes
from apps.retrieval import manifest as manifests
from apps.retrieval import shared_vectors
from apps.retrieval.embedding import followed_generations
from apps.retrieval.index_files import Damaged, folder_of
from apps.retrieval.index_lock import write_lock
from apps.retrieval.manifest import Manifest
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.verifying.files import (
    damaged_files,
    leftovers,
    stale_folders,
    still_damaged,
)
from apps.retrieval.verifying.findings import (
    Drift,
    Finding,
    Findings,
    Place,
    Progress,
    nothing_shown,
    total,
)
from apps.retrieval.verifying.spans import compare_spans
from apps.retrieval.verifying.stored_vectors import (
    note_missing,
    note_stale,
    note_unused,
    unused_texts,
)
from apps.retrieval.verifying.suspects import Suspects
from apps.retrieval.verifying.truth import Truth, read_truth

_WAIT_S = 60.0
_POLL_S = 0.2
_SPANS_LEFT_OUT = 50  # with `is_quick` one version in so many is looked at


@dataclass(frozen=True, slots=True)
class IndexReport:
    """How the index over one embedding generation stands.

    `rows`: live chunks of the database; `vectors`: of these with a sound vector; `indexed`: rows
    of the index with a vector; `lexical`: chunks that words find; `lag`: changes that the index
    had not followed, which are no drift.
    """

    generation: EmbeddingGeneration
    rows: int
    vectors: int
    indexed: int
    lexical: int
    lag: int
    findings: tuple[Finding, ...]
    suspects: Suspects

    @property
    def is_clean(self) -> bool:
        """Whether index and database agree and every file is what was written."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Of all indexes that this node keeps, the searched one first, and of what is no index's."""

    indexes: tuple[IndexReport, ...]
    stored: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that differs."""
        return (*(one for index in self.indexes for one in index.findings), *self.stored)

    @property
    def is_clean(self) -> bool:
        """Whether nothing differs."""
        return not self.findings

    @property
    def orphans(self) -> int:
        """Things that nothing in the database asks for."""
        return total(self.findings, Drift.ORPHAN)

    @property
    def missing(self) -> int:
        """Things that the database asks for and that are not there."""
        return total(self.findings, Drift.MISSING)

    @property
    def corrupt(self) -> tuple[str, ...]:
        """Examples of what is not what was once written."""
        return tuple(
            name
            for finding in self.findings
            if finding.drift is Drift.CORRUPT
            for name in finding.examples
        )


def verify(
    *, is_quick: bool = False, progress: Progress = nothing_shown, examples: int = 5
) -> VerifyReport:
    """Read every file, row, vector and text and compare. Changes nothing.

    Waits up to a minute for an indexer that is behind; what changed since its last publish is no
    drift. Seconds per 100,000 chunks; `is_quick` looks at some of the texts only. Memory:
    ~150 bytes a chunk, and what the process had. `index_repair.repair` puts right what is found.
    """
    _wait_for_indexer()
    stored = _stored(progress, examples, is_quick=is_quick)
    indexes = [
        _verify_index(generation, Findings(examples), progress)
        for generation in followed_generations()
    ]
    return VerifyReport(tuple(indexes), stored)


def _wait_for_indexer() -> None:
    """Until it has followed everything, for a while; returns at once when none runs."""
    target, deadline = changes.latest(), time.monotonic() + _WAIT_S
    while time.monotonic() < deadline and _reached() < target:
        with write_lock() as is_held:
            if is_held:
                return
        time.sleep(_POLL_S)


def _reached() -> int:
    reached = [_manifest_of(generation)[0] for generation in followed_generations()]
    return min((manifest.change_seq if manifest else -1 for manifest in reached), default=0)


def _manifest_of(generation: EmbeddingGeneration) -> tuple[Manifest | None, str]:
    """The state that holds, and the damaged file that keeps it from being read."""
    try:
        return manifests.load(folder_of(generation.pk)), ""
    except Damaged as damaged:
        return None, damaged.path


def _verify_index(
    generation: EmbeddingGeneration, findings: Findings, progress: Progress
) -> IndexReport:
    from apps.retrieval.verifying.contents import Comparing, Held, compare_contents  # heavy
    from apps.retrieval.verifying.published import opened  # heavy

    folder, suspects = folder_of(generation.pk), Suspects()
    unnamed, unused = leftovers(folder), unused_texts(generation)
    state = opened(folder)
    truth = read_truth(generation, suspects, progress)
    unsound = (f"vector of text {text}" for text in sorted(suspects.unsound))
    findings.add(Place.VECTORS, Drift.CORRUPT, unsound)
    held = Held()
    if state.snapshot is None:
        _note_no_index(truth, state.damaged, findings, suspects)
    else:
        run = Comparing(generation, truth, findings, suspects, progress)
        held = compare_contents(state.snapshot, state.census, run)
        files = state.snapshot.manifest.files
        damaged = {*damaged_files(folder, files, progress), *state.damaged}
        _note_damaged(still_damaged(folder, sorted(damaged)), findings, suspects)
        if state.damaged and not suspects.files:  # as written, but not to be read
            findings.add(Place.FILES, Drift.CORRUPT, state.damaged)
            suspects.is_everything = True
    if shared_vectors.are_used():
        from apps.retrieval.verifying.milvus import compare_milvus  # heavy

        compare_milvus(Comparing(generation, truth, findings, suspects, progress))
    note_missing(generation, truth, findings, suspects)
    note_unused(generation, unused, findings, suspects)
    _note_leftovers(unnamed & leftovers(folder), findings, suspects)
    reached = state.snapshot.manifest.change_seq if state.snapshot else 0
    return IndexReport(
        generation=generation,
        rows=truth.rows,
        vectors=int(truth.has_vector.sum()),
        indexed=held.vectors,
        lexical=held.words,
        lag=max(0, changes.latest() - reached),
        findings=findings.all(),
        suspects=suspects,
    )


def _note_no_index(
    truth: Truth, damaged: Sequence[str], findings: Findings, suspects: Suspects
) -> None:
    """Nothing can be searched: none was made yet, or what says which files are its is damaged."""
    _note_damaged(damaged, findings, suspects)
    if truth.rows:
        findings.add(Place.SEGMENTS, Drift.MISSING, ["there is no index"], count=truth.rows)
        suspects.is_everything = True


def _note_damaged(paths: Sequence[str], findings: Findings, suspects: Suspects) -> None:
    findings.add(Place.FILES, Drift.CORRUPT, paths)
    suspects.files.update(paths)


def _note_leftovers(paths: Iterable[str], findings: Findings, suspects: Suspects) -> None:
    findings.add(Place.FILES, Drift.ORPHAN, sorted(paths))
    suspects.leftovers.update(paths)


def _stored(progress: Progress, examples: int, *, is_quick: bool) -> tuple[Finding, ...]:
    """Texts that are not those of their pages; what is left of models that nobody keeps."""
    findings = Findings(examples)
    compare_spans(findings, progress, every=_SPANS_LEFT_OUT if is_quick else 1)
    note_stale(findings)
    folders = [f"index/{path.name}" for path in stale_folders()]
    findings.add(Place.FILES, Drift.STALE, folders)
    return findings.all()
