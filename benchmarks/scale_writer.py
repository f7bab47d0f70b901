"""A process of the node under test that changes documents and the index: see scale_node.py."""

import hashlib
import resource
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.scale_rows import add_readers, remove_readers
from benchmarks.scale_scopes import Shape

if TYPE_CHECKING:
    from apps.accounts.models import User

LONG_S = 4 * 3600.0
QUIET_S = 2.0  # without a publish: nothing is left to be done
POLL_S = 0.1


class Writer:
    """Each method is a request. Documents come into the collection of the highest number."""

    def start(self, shape: dict[str, Any]) -> None:
        """Make the users who search."""
        add_readers(Shape(**shape))

    def build(self) -> dict[str, float]:
        """Make the index of this node from the database. Nothing else may run."""
        from apps.retrieval import index_files, indexer

        shutil.rmtree(index_files.root(), ignore_errors=True)
        started = time.perf_counter()
        indexer.catch_up(timeout_s=LONG_S)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        return {"build_s": seconds, "build_peak_mb": peak}

    def rebuild(self) -> float:
        """Have the indexer make the index anew; seconds."""
        from apps.retrieval import index_state

        started = time.perf_counter()
        index_state.rebuild(timeout_s=LONG_S)
        return time.perf_counter() - started

    def status(self) -> dict[str, Any]:
        """See apps.retrieval.index_state."""
        from apps.retrieval import index_state

        return asdict(index_state.status())

    def settle(self, timeout_s: float) -> float:
        """Wait until the index has every change and publishes no more; seconds until then."""
        started = quiet = time.monotonic()
        seen = -1
        while time.monotonic() - started < timeout_s:
            status = self.status()
            if status["lag"] or status["generation"] != seen:
                quiet, seen = time.monotonic(), status["generation"]
            if time.monotonic() - quiet > QUIET_S:
                break
            time.sleep(POLL_S)
        return quiet - started

    def wait_purged(self, timeout_s: float) -> float | None:
        """Seconds until no file of the index holds what was deleted; None: it does not tell."""
        from apps.knowledge import changes
        from apps.retrieval.models import NodeIndex

        target, started = changes.latest(), time.monotonic()
        while time.monotonic() - started < timeout_s:
            purged = NodeIndex.objects.values_list("purged_seq", flat=True).get()
            if not purged:
                return None
            if purged >= target:
                break
            time.sleep(POLL_S)
        return time.monotonic() - started

    def sizes(self) -> dict[str, int]:
        """Bytes of the published index by kind, of its whole folder, and of the database."""
        from apps.core import config
        from apps.retrieval import embedding, index_files, manifest

        folder = index_files.folder_of(embedding.current_generation().pk)
        published = manifest.load(folder)
        sizes = {"vectors": 0, "lexical": 0, "rows": 0}
        for file in published.files if published else ():
            sizes[_kind(file.path)] += file.size_bytes
        once = {(s := p.stat()).st_ino: s.st_size for p in folder.rglob("*") if p.is_file()}
        database = config.load().data_dir.glob("clawdbot.sqlite3*")
        return sizes | {
            "folder": sum(once.values()),
            "database": sum(path.stat().st_size for path in database),
        }

    def insert(self, chunks: int, word: str) -> dict[str, float]:
        """Publish a document of so many chunks that hold the word; its key, and when (monotonic)
        the transaction was through."""
        from django.db import transaction

        from apps.knowledge import models, publishing
        from apps.retrieval import embedding, vectors

        collection = models.Collection.objects.order_by("-pk")[0]
        texts, data = self._copied(chunks, word)
        hashes = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        vectors.store(embedding.current_generation(), hashes, data)
        whole = "\f".join(texts)
        with transaction.atomic():
            document = models.Document.objects.create(
                collection=collection, path=f"{word}.txt", title=word
            )
            version = models.Version.objects.create(
                document=document, number=1, has_blob=False, size_bytes=len(whole),
                content_sha256=hashlib.sha256(whole.encode()).hexdigest(),
            )  # fmt: skip
            starts = np.cumsum([0, *(len(text) + 1 for text in texts)]).tolist()
            models.Chunk.objects.bulk_create(
                models.Chunk(
                    version=version, ordinal=at, page=1, start=starts[at],
                    end=starts[at] + len(text), text=text, text_sha256=hashes[at],
                )
                for at, text in enumerate(texts)
            )  # fmt: skip
            publishing.versions_publish([version.pk])
        return {"document": document.pk, "committed": time.monotonic()}

    def delete(self, document: int) -> float:
        """Delete a document; when (monotonic) the transaction was through."""
        from apps.knowledge import deletion, models

        found = models.Document.objects.get(pk=document)
        deletion.document_delete(document=found, by=self._administrator())
        return time.monotonic()

    def clean(self) -> int:
        """Take deleted documents and the users who searched out of the database; the next run
        finds it as it was."""
        from apps.knowledge.models import Chunk, Document, Erasure
        from apps.retrieval import vectors

        gone = Document.objects.filter(deleted_at__isnull=False)
        chunks = Chunk.objects.filter(version__document__in=gone)
        hashes = list(chunks.values_list("text_sha256", flat=True))
        count = gone.count()
        gone.delete()
        Erasure.objects.all().delete()
        vectors.drop_unused(hashes)
        remove_readers()
        return count

    def _copied(self, chunks: int, word: str) -> tuple[list[str], Any]:
        """Texts of the first chunks with the word at their end, and their vectors."""
        from apps.knowledge.models import Chunk
        from apps.retrieval import embedding, vectors

        rows = list(Chunk.objects.order_by("pk").values_list("text", "text_sha256")[:chunks])
        known = vectors.vectors_of(embedding.current_generation(), [key for _, key in rows])
        texts = [f"{text} {word}" for text, _ in rows]
        return texts, np.stack([known[key] for _, key in rows]).astype(np.float32)

    def _administrator(self) -> "User":
        from apps.accounts.models import User

        by, _ = User.objects.get_or_create(username="administrator", is_superuser=True)
        return by


def _kind(path: str) -> str:
    if "lexical" in path:
        return "lexical"
    return "rows" if Path(path).name.startswith(("rows", "dead")) else "vectors"
