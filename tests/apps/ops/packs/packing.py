"""What tests of packs do often: pack, take, change a pack, look at what there is."""

import json
from collections import Counter
from zipfile import ZipFile

from apps.core import config
from apps.knowledge.blob_stores.folder import MARK
from apps.knowledge.models import Chunk, Collection, Document, Page, Version
from apps.ops.models import PackImport
from apps.ops.packs import archive
from apps.ops.packs.exporting import ExportOrder, collection_export
from apps.ops.packs.importing import ImportOrder, pack_import
from apps.ops.packs.schema import MANIFEST, Line
from apps.retrieval.models import Vector
from ingest.models import Job


class Forged(Line, extra="allow"):
    """A manifest that promises anything."""


def quiet(*_):
    """Tells nobody how far it is."""


def packed(collection, by, target, **options):
    """The file that the collection was written into."""
    order = ExportOrder(collection, target, **options)
    return collection_export(order=order, by=by, report=quiet).path


def taken(path, by, **options):
    """What became of the pack."""
    return pack_import(order=ImportOrder(path, **options), by=by, report=quiet)


def members_of(path):
    """Name -> bytes of every member but the manifest."""
    with ZipFile(path) as pack:
        return {name: pack.read(name) for name in pack.namelist() if name != MANIFEST}


def manifest_of(path):
    """The manifest as plain values."""
    with ZipFile(path) as pack:
        return json.loads(pack.read(MANIFEST))


def repacked(path, target, *, change=lambda members: None, promise=lambda manifest: None):
    """The pack with changed members and every hash made right: what a forger would write."""
    members, values = members_of(path), manifest_of(path)
    change(members)
    with archive.writing(target) as writer:
        for name, data in members.items():
            writer.add(name, [data])
        values["members"] = {name: facts.model_dump() for name, facts in writer.members.items()}
        promise(values)
        writer.finish(Forged(**values))
    return target


def changed_line(members, name, at, **values):
    """Give the line at this place of a member other values."""
    lines = members[name].splitlines()
    lines[at] = json.dumps(json.loads(lines[at]) | values, ensure_ascii=False).encode()
    members[name] = b"\n".join([*lines, b""])


def everything():
    """How many rows of each kind there are, and the names and sizes of all files."""
    models = (Collection, Document, Version, Page, Chunk, Vector, Job, PackImport)
    rows = Counter({model.__name__: model.objects.count() for model in models})
    blobs = config.load().data_dir / "blobs"
    files = {path.name: path.stat().st_size for path in blobs.rglob("*") if path.is_file()}
    return rows, {name: size for name, size in files.items() if name != MARK}
