"""The use-case: write a collection into a knowledge pack."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.utils.translation import gettext
from pydantic import ValidationError

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.knowledge import access, blobs
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Collection, Erasure, Permission, Version
from apps.ops.packs import audit, curation, schema
from apps.ops.packs.archive import PackWriter, writing
from apps.ops.packs.embeddings import add_vectors, current_generation, identity_of
from apps.ops.packs.grants import grant_lines
from apps.ops.packs.holdings import Holdings
from apps.ops.packs.opened import first_problem
from apps.ops.packs.schema import CollectionLine, Counts, Embedding, Manifest
from apps.ops.packs.shards import add_shards
from apps.ops.packs.snapshot import database_snapshot

Report = Callable[[str, int, int], None]
_KEYS_AT_ONCE = 900


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    size_bytes: int
    counts: dict[str, int]
    left_out: int  # documents without a version that can be searched


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What to write where. `has_history`: with the replaced versions that are kept."""

    collection: Collection
    target: Path
    has_history: bool = False


def collection_export(*, order: ExportOrder, by: User, report: Report) -> Exported:
    """Write everything that is live in the collection, as it is at one moment, into one file.

    The file is there whole or not at all, and holds what `by` may read. `report` is told (what,
    done, all). Raises NotFound and Forbidden as `access.require` (MANAGE); Conflict when something
    of the collection is deleted meanwhile, or an original is missing.
    """
    access.require(by, Permission.MANAGE, order.collection)
    scope = Scope.of(by).narrowed([order.collection.uuid])
    holdings = Holdings(order.collection, scope, order.has_history)
    with writing(order.target) as writer:
        with database_snapshot():
            last_erasure = Erasure.objects.order_by("-pk").values_list("pk", flat=True).first()
            left_out = documents_of(scope).count() - holdings.documents().count()
            embedding = _add_rows(writer, holdings, report)
        _add_originals(writer, holdings, report)
        _refuse_if_erased(order.collection, last_erasure or 0)
        writer.finish(_manifest(writer, holdings, embedding))
    audit.record(by, order.collection, f"Exported as {order.target.name}.")
    size_bytes = order.target.stat().st_size
    return Exported(order.target, size_bytes, dict(holdings.counts), left_out)


def _add_rows(writer: PackWriter, holdings: Holdings, report: Report) -> Embedding | None:
    """Everything that stands in the database; returns the model of the vectors."""
    try:
        writer.add(schema.COLLECTION, [schema.line_of(_settings(holdings.collection))])
        add_shards(writer, schema.content, _told(holdings, report))
        writer.add_lines(schema.GRANTS, grant_lines(holdings))
        golden = writer.add_lines(schema.GOLDEN, curation.golden_lines(holdings))
        curated = writer.add_lines(schema.CURATED, curation.curated_lines(holdings))
    except ValidationError as error:
        told = gettext("The collection holds what no pack can hold (%(problem)s).")
        raise Conflict(told % {"problem": first_problem(error)}) from error
    holdings.counts.update(golden_questions=golden, curated_answers=curated)
    generation = current_generation()
    if generation is None:
        return None
    report("vectors", 0, 0)
    holdings.counts["vectors"] = add_vectors(writer, generation, holdings.versions())
    return identity_of(generation)


def _told(holdings: Holdings, report: Report) -> Iterator[schema.Line]:
    total = holdings.documents().count()
    for line in holdings.lines():
        if isinstance(line, schema.DocumentLine):
            report("documents", holdings.counts["documents"], total)
        yield line


def _add_originals(writer: PackWriter, holdings: Holdings, report: Report) -> None:
    """The originals by their hash, each once. Raises Conflict for one that is not what it was."""
    total = holdings.counts["originals"] = len(holdings.originals)
    for number, (sha256, size_bytes) in enumerate(sorted(holdings.originals.items())):
        report("originals", number, total)
        try:
            facts = writer.add(schema.original(sha256), blobs.read(sha256), size_hint=size_bytes)
        except FileNotFoundError:
            raise _no_original(
                holdings.collection,
                sha256,
                gettext(
                    "The original of “%(path)s” is gone, or it was deleted just now. Upload it "
                    "again if it still is in the collection, then export again."
                ),
            ) from None
        if facts.sha256 != sha256:
            raise _no_original(
                holdings.collection,
                sha256,
                gettext(
                    "The original of “%(path)s” is damaged, or it was deleted just now. Upload it "
                    "again if it still is in the collection, then export again."
                ),
            )


def _no_original(collection: Collection, sha256: str, told: str) -> Conflict:
    named = Version.objects.filter(document__collection=collection, content_sha256=sha256)
    path = named.values_list("document__path", flat=True).first()
    return Conflict(told % {"path": path})


def _refuse_if_erased(collection: Collection, last_erasure: int) -> None:
    """A pack must not appear after a deletion that took away what it holds."""
    for version_ids in Erasure.objects.filter(pk__gt=last_erasure).values_list(
        "version_ids", flat=True
    ):
        for start in range(0, len(version_ids), _KEYS_AT_ONCE):
            some = version_ids[start : start + _KEYS_AT_ONCE]
            if Version.objects.filter(pk__in=some, document__collection=collection).exists():
                raise Conflict(
                    gettext(
                        "Something of the collection was deleted while it was exported. Export "
                        "again."
                    )
                )


def _settings(collection: Collection) -> CollectionLine:
    return CollectionLine.model_validate(
        {name: getattr(collection, name) for name in CollectionLine.model_fields}
    )


def _manifest(writer: PackWriter, holdings: Holdings, embedding: Embedding | None) -> Manifest:
    return Manifest(
        format=schema.FORMAT,
        version=schema.VERSION,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        by=_product(),
        counts=Counts(**{name: holdings.counts[name] for name in Counts.model_fields}),
        embedding=embedding,
        members=writer.members,
    )


def _product() -> str:
    try:
        return f"clawdbot {version('clawdbot')}"
    except PackageNotFoundError:  # run from a copy of the sources
        return "clawdbot"
