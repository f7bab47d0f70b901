"""The use-case: take a knowledge pack over as a new collection."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core import clock, config
from apps.core.errors import Conflict, Forbidden, Invalid
from apps.core.sizes import parse_size
from apps.core.worker_names import worker_name
from apps.knowledge import blobs
from apps.knowledge.models import Chunk, Collection, Version, VersionState
from apps.knowledge.publishing import collection_reveal
from apps.ops.models import PackImport
from apps.ops.packs import audit, curation, rows, running, schema
from apps.ops.packs.content import documents_in
from apps.ops.packs.embeddings import identity_of, is_same_model, vectors_in
from apps.ops.packs.grants import Matched, grants_take
from apps.ops.packs.opened import Pack, opened
from apps.ops.packs.running import Report
from apps.ops.packs.schema import CollectionLine, CuratedLine, GoldenLine, GrantLine
from apps.ops.packs.verifying import lines_in, verify
from apps.retrieval import embedding, vectors
from apps.retrieval.models import Vector
from ingest import doorbell, originals
from ingest.models import Job, JobStage, JobState

# What the rows take in the database beside the bytes of their lines: indexes, keys.
ROOM_FOR_ROWS = 3


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """Which pack to take. `name` empty: the pack's own."""

    path: Path
    name: str = ""
    has_grants: bool = True


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in. `to_embed`: texts whose vectors are still to be made, by the workers."""

    collection: Collection
    counts: dict[str, int]
    is_same_model: bool
    to_embed: int
    grants: Matched


def pack_import(*, order: ImportOrder, by: User, report: Report) -> Imported:
    """Verify the whole pack, then take it over; it is visible from the last transaction on.

    `report` is told (what, done, all). Raises PackRefused with the place and the reason, Conflict
    when the name is taken, Forbidden, Invalid when the disk is too small: then nothing was changed.
    Killed in between it leaves rows that nobody sees and `running.sweep` removes.
    """
    with opened(order.path) as pack:
        settings = _checked(pack, order, by, report)
        row = PackImport.objects.create(
            file_name=order.path.name[-500:],
            name=order.name,
            has_grants=order.has_grants,
            state=PackImport.State.RUNNING,
            worker=worker_name(),
            lease_until=clock.now() + running.LEASE,
            created_by=by,
        )
        with running.recording_outcome(row):
            return _take(pack, settings, row, running.renewing(row, report))


def pack_import_run(row: PackImport) -> None:
    """See an uploaded pack through whose row this worker has claimed."""
    by = row.created_by
    with running.recording_outcome(row):
        if by is None or not running.is_uploaded(row):
            raise Invalid(gettext("The pack, or whoever sent it, is gone. Upload it again."))
        report = running.renewing(row, lambda *_: None)
        with blobs.at_hand(row.sha256) as path, opened(path) as pack:
            order = ImportOrder(path, row.name, row.has_grants)
            _take(pack, _checked(pack, order, by, report), row, report)
    originals.release([row.sha256])


def _checked(pack: Pack, order: ImportOrder, by: User, report: Report) -> CollectionLine:
    if not by.is_superuser:
        raise Forbidden(gettext("Only administrators import knowledge packs."))
    settings = verify(pack, report).settings
    name = order.name.strip() or settings.name
    if len(name) > 200:
        raise Invalid(gettext("The name is longer than 200 characters. Choose a shorter one."))
    if Collection.objects.filter(name=name, deleted_at=None).exists():
        told = gettext(
            "There is already a collection “%(name)s”. Import the pack under another name, such as "
            "“%(name)s 2” (on the command line: --as)."
        )
        raise Conflict(told % {"name": name})
    _require_room(pack)
    return settings.model_copy(update={"name": name})


def _require_room(pack: Pack) -> None:
    text = sum(facts.size for name, facts in pack.manifest.members.items() if _is_row(name))
    files = sum(facts.size for name, facts in pack.manifest.members.items() if not _is_row(name))
    settings = config.load()
    free = shutil.disk_usage(settings.data_dir).free - parse_size(settings.storage.min_free)
    if (needed := ROOM_FOR_ROWS * text + files) > free:
        told = gettext(
            "The import needs about %(needed)s MB of free disk, there are %(free)s MB. Free some "
            "space, then import again."
        )
        values = {"needed": f"{needed // 10**6 + 1:,}", "free": f"{max(free, 0) // 10**6:,}"}
        raise Invalid(told % values)


def _is_row(name: str) -> bool:
    return name.startswith(("content/", "vectors/"))


def _take(pack: Pack, settings: CollectionLine, row: PackImport, report: Report) -> Imported:
    collection = _hidden_collection(settings, row)
    by, total, done = row.created_by, pack.manifest.counts.documents, 0
    if by is None:
        raise Invalid(gettext("Whoever sent the pack has left. Upload it again."))
    for portion in rows.slices_of(documents_in(pack)):
        rows.rows_write(collection, portion, by=by)
        rows.originals_keep(pack, portion)
        done += len(portion)
        report("taking documents", done, total)
    is_same = _take_vectors(pack, report)
    report("publishing", total, total)
    waiting = _without_vectors(collection)
    return _publish(pack, row, collection, waiting, is_same)


@transaction.atomic
def _hidden_collection(settings: CollectionLine, row: PackImport) -> Collection:
    """Marked as deleted until it is whole: nothing that looks for collections finds it."""
    running.require_held(row)
    collection = Collection.objects.create(**settings.model_dump(), deleted_at=clock.now())
    row.collection = collection
    row.save(update_fields=["collection"])
    return collection


def _take_vectors(pack: Pack, report: Report) -> bool:
    """Store the pack's vectors when they are of the model that is searched here."""
    generation = embedding.current_generation()
    if not is_same_model(pack.manifest.embedding, identity_of(generation)):
        return False
    done = 0
    for hashes, matrix in vectors_in(pack):
        vectors.store(generation, hashes, matrix)
        done += len(hashes)
        report("taking vectors", done, pack.manifest.counts.vectors)
    return True


def _without_vectors(collection: Collection) -> set[int]:
    """Pending versions of which a text has no vector yet."""
    stored = Vector.objects.filter(
        generation=embedding.current_generation(), text_sha256=OuterRef("text_sha256")
    )
    pending = Chunk.objects.filter(
        ~Exists(stored),
        version__document__collection=collection,
        version__state=VersionState.PENDING,
    )
    return set(pending.order_by().values_list("version_id", flat=True).distinct())


def _publish(
    pack: Pack, row: PackImport, collection: Collection, waiting: set[int], is_same: bool
) -> Imported:
    by = row.created_by
    assert by is not None  # noqa: S101  # `_take` has looked
    with transaction.atomic():
        running.require_held(row)
        pending = Version.objects.filter(
            document__collection=collection, state=VersionState.PENDING
        ).values_list("pk", flat=True)
        collection_reveal(collection, [pk for pk in pending if pk not in waiting])
        _queue(waiting)
        grants = lines_in(pack, schema.GRANTS, GrantLine) if row.has_grants else ()
        matched = grants_take(collection, grants, by=by)
        curation.golden_take(collection, lines_in(pack, schema.GOLDEN, GoldenLine), by=by)
        curation.curated_take(collection, lines_in(pack, schema.CURATED, CuratedLine), by=by)
        imported = Imported(
            collection=collection,
            counts=pack.manifest.counts.model_dump(),
            is_same_model=is_same,
            to_embed=_texts_of(waiting),
            grants=matched,
        )
        _finish(row, imported)
        audit.record(by, collection, f"Imported from {row.file_name}.")
    return imported


def _queue(version_ids: set[int]) -> None:
    """Have the workers embed and publish these versions, as they do with new documents."""
    ids = sorted(version_ids)
    for start in range(0, len(ids), 500):
        Job.objects.filter(version__in=ids[start : start + 500]).update(
            state=JobState.QUEUED,
            stage=JobStage.EMBED,
            progress=0.4,
            waiting_since=clock.now(),
            finished_at=None,
        )
    if ids:
        doorbell.ring_embedding()


def _texts_of(version_ids: set[int]) -> int:
    ids = sorted(version_ids)
    return sum(
        Chunk.objects.filter(version__in=ids[start : start + 500]).count()
        for start in range(0, len(ids), 500)
    )


def _finish(row: PackImport, imported: Imported) -> None:
    matched = imported.grants
    row.report = {
        "counts": imported.counts,
        "is_same_model": imported.is_same_model,
        "to_embed": imported.to_embed,
        "granted": matched.granted,
        "unknown": sorted(matched.unknown),
        "closed": sorted(matched.closed),
    }
    row.state, row.progress = PackImport.State.DONE, 1.0
    row.lease_until, row.finished_at = None, clock.now()
    row.save(update_fields=["report", "state", "progress", "lease_until", "finished_at"])
