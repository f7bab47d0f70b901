"""What benchmarks/backup.py has done inside an installation, in a process of its own."""

import hashlib
import json
import random
import sys
import time
from pathlib import Path

import django

from benchmarks import datasets


def originals(kilobytes: int) -> int:
    """Give every document an original: its text, and what no compression makes smaller."""
    from apps.knowledge import blobs
    from apps.knowledge.models import Page, Version

    chance, versions = random.Random(7), []
    for page in Page.objects.select_related("version").iterator(chunk_size=500):
        text = page.text.encode()
        content = text + chance.randbytes(max(kilobytes * 1000 - len(text), 0))
        with blobs.incoming([content]) as blob, blobs.no_removal(blob.sha256):
            blob.keep()
        version = page.version
        version.has_blob, version.content_sha256 = True, hashlib.sha256(content).hexdigest()
        version.size_bytes = len(content)
        versions.append(version)
    fields = ["has_blob", "content_sha256", "size_bytes"]
    Version.objects.bulk_update(versions, fields, batch_size=500)
    return len(versions)


def golden(shared: Path, count: int) -> int:
    """Questions of squad_dev whose passages are here, as golden questions."""
    from apps.accounts.models import User
    from apps.evaluation.models import GoldenQuestion
    from apps.knowledge.models import Chunk

    by = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("admin")
    texts = {row["id"]: row["text"] for row in datasets.passages(shared, "squad_dev")}
    asked = datasets.queries(shared, "squad_dev")
    made = 0
    for question, relevant in asked[:: max(len(asked) // (3 * count), 1)]:
        start = texts.get(min(relevant), "\0")[:60]
        chunk = Chunk.objects.filter(text__startswith=start).first()
        if chunk is None or made == count:
            continue
        document = chunk.version.document
        row, is_new = GoldenQuestion.objects.get_or_create(
            collection=document.collection, text=question, defaults={"created_by": by}
        )
        row.documents.set([document])
        made += is_new
    return made


def changed(added: int, deleted: int) -> int:
    """Some documents come, some go, as on a day."""
    from apps.accounts.models import User
    from apps.knowledge.deletion import document_delete
    from apps.knowledge.models import Collection, Document
    from apps.ops.erasure import purge
    from ingest import services
    from ingest.submissions import Upload

    by = User.objects.filter(is_superuser=True).first()
    collection = Collection.objects.order_by("pk").first()
    for number in range(added):
        noise = random.Random(number).randbytes(25_000).hex().encode()
        content = [f"News number {number}. ".encode() * 50, noise]
        upload = Upload(path=f"news/{number}.txt", content=content)
        services.document_submit(collection=collection, upload=upload, by=by)
    for document in Document.objects.filter(deleted_at=None).order_by("pk")[:deleted]:
        document_delete(document=document, by=by)
    return purge()


def writes(until: Path) -> float:
    """The longest of many small writes, in milliseconds, until a file is there."""
    from apps.accounts.models import User

    user, longest = User.objects.first(), 0.0
    while not until.exists():
        started = time.perf_counter()
        user.save(update_fields=["last_name"])
        longest = max(longest, time.perf_counter() - started)
        time.sleep(0.02)
    return longest * 1000


def counts() -> dict[str, int]:
    """How many rows of some tables there are."""
    from apps.knowledge.models import Chunk, Document, Version
    from apps.retrieval.models import Vector

    return {model.__name__: model.objects.count() for model in (Document, Version, Chunk, Vector)}


def main() -> None:
    """`python -m benchmarks.backup_data WHAT [ARGUMENT...]`: prints what it returns as JSON."""
    django.setup()
    what, *rest = sys.argv[1:]
    does = {
        "originals": lambda: originals(int(rest[0])),
        "golden": lambda: golden(Path(rest[0]), int(rest[1])),
        "changed": lambda: changed(int(rest[0]), int(rest[1])),
        "writes": lambda: writes(Path(rest[0])),
        "counts": counts,
    }
    print(json.dumps(does[what]()))


if __name__ == "__main__":
    main()
