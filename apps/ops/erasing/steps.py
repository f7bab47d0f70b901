"""The steps of one purge. Each is one short transaction that counts what it removed.

Killed anywhere, the purge goes on where it was: what was counted is gone, what is not gone was not
counted. `progress` of the receipt: `done`, how many of its versions are through; `blobs`, files
that are counted and about to be removed; `ended`, when all steps are done.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeAlias

from django.db import transaction

from apps.core import clock
from apps.generation.curated.forgetting import collections_forget, curated_forget
from apps.generation.traces import forget_versions
from apps.knowledge import blobs, derivations
from apps.knowledge.models import Collection, Erasure, Version, Widget
from apps.ops.erasing.rows import log_forget, names_forget, rows_delete
from apps.retrieval import receipts
from ingest import originals

VERSIONS_AT_ONCE = 100
Counts: TypeAlias = Counter[str]


def advance(erasure_id: int) -> bool:
    """Take the next step of a purge; False when there is none, or when it has to wait.

    Safe in two processes at once: they take turns.
    """
    blobs_remove(erasure_id)
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().get(pk=erasure_id)
        if erasure.progress.get("ended"):
            return False
        counts = _next(erasure)
        if counts is None:
            return False
        _count(erasure, counts)
        erasure.save(update_fields=["counts", "progress"])
    return True


def blobs_remove(erasure_id: int) -> None:
    """Remove the files that were counted. One that is in use again by now stays.

    Raises OSError and Retryable.
    """
    counted = set(Erasure.objects.get(pk=erasure_id).progress.get("blobs", []))
    if not counted:
        return
    with blobs.removal(counted):
        erasure = Erasure.objects.get(pk=erasure_id)
        if not (doomed := set(erasure.progress.get("blobs", []))):  # somebody else was quicker
            return
        unused = originals.unused(doomed)
        for sha256 in unused:
            blobs.remove(sha256)
        with transaction.atomic():
            erasure = Erasure.objects.select_for_update().get(pk=erasure_id)
            erasure.progress.pop("blobs", None)
            _count(erasure, Counter(blobs=-len(doomed - unused)))
            erasure.save(update_fields=["counts", "progress"])


def _next(erasure: Erasure) -> Counts | None:
    """Do what comes next, in the caller's transaction; None: wait for a worker."""
    done = erasure.progress.get("done", 0)
    if not erasure.counts:
        receipts.expect_all_nodes(erasure)
        erasure.counts = dict.fromkeys(("versions", "chunks", "pages", "vectors", "blobs"), 0)
    batch = erasure.version_ids[done : done + VERSIONS_AT_ONCE]
    if batch:
        return _next_of_versions(erasure, batch)
    if erasure.target == Erasure.Target.COLLECTION:
        return _end_collection(erasure)
    counts = _forget_derived()
    if erasure.target == Erasure.Target.SOURCE:
        counts["blobs"] += _doom(erasure, originals.forget_source(erasure.target_uuid))
    return _end(erasure, counts)


def _next_of_versions(erasure: Erasure, batch: list[int]) -> Counts | None:
    if originals.are_worked_on(batch):
        return None
    small: tuple[Callable[[], Counts], ...] = (
        lambda: rows_delete(batch),
        lambda: Counter(answers=forget_versions(batch)),
        lambda: Counter(curated=curated_forget(batch)),
    )
    for step in small:
        counts = step()
        if counts.total():
            return counts
    names_forget(batch)
    files = Version.objects.filter(id__in=batch, has_blob=True)
    held = _doom(erasure, files.values_list("content_sha256", flat=True))
    erasure.progress["done"] = erasure.progress.get("done", 0) + len(batch)
    return Counter(versions=len(batch), blobs=held)


def _end_collection(erasure: Erasure) -> Counts | None:
    """What was not a document's: imports, curators' work, the widget, the names."""
    if originals.is_taking_in(erasure.target_uuid):
        return None
    held = _doom(erasure, originals.forget_jobs_of(erasure.target_uuid))
    counts = _forget_derived()
    counts["blobs"] += held
    for gone in Collection.objects.filter(uuid=erasure.target_uuid).exclude(deleted_at=None):
        Widget.objects.filter(collection=gone).delete()
        Collection.objects.filter(pk=gone.pk).update(
            name=str(gone.uuid), suggested_questions=[], description=""
        )
        log_forget(Collection, [gone.pk])
    counts["curated"] += collections_forget()
    return _end(erasure, counts)


def _forget_derived() -> Counts:
    return Counter({name: forget() for name, forget in derivations.registered().items()})


def _end(erasure: Erasure, counts: Counts) -> Counts:
    erasure.progress["ended"] = clock.now().isoformat()
    return counts


def _doom(erasure: Erasure, hashes: Iterable[str]) -> int:
    """Note which of these files are to be removed after the commit; returns how many."""
    doomed = sorted(one for one in originals.unused(set(hashes)) if blobs.exists(one))
    erasure.progress["blobs"] = doomed
    return len(doomed)


def _count(erasure: Erasure, counts: Counts) -> None:
    for name, count in counts.items():
        erasure.counts[name] = erasure.counts.get(name, 0) + count
