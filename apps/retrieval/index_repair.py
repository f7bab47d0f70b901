"""Putting right what a verify found in this node's indexes and in the stored vectors."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from apps.core.errors import Conflict
from apps.knowledge.models import Chunk
from apps.retrieval import embedding, generation_indexes, shared_vectors, vectors
from apps.retrieval.index_files import (
    check_request,
    folder_of,
    rebuild_request,
    repair_request,
    write_durably,
)
from apps.retrieval.index_lock import write_lock
from apps.retrieval.models import EmbeddingGeneration, Vector
from apps.retrieval.verify import IndexReport, VerifyReport
from apps.retrieval.verifying.findings import Progress
from apps.retrieval.verifying.stored_vectors import remove_stale

if TYPE_CHECKING:
    from apps.retrieval.index_writer import IndexWriter

Key = TypeVar("Key")
_TIMEOUT_S = 3600.0
_POLL_S = 0.2
_TEXTS_AT_ONCE = 500
_VERSIONS_AT_ONCE = 500
_REBUILT_FROM = 20_000  # versions to be published again: then all of them


def repair_index(found: VerifyReport, progress: Progress) -> list[str]:
    """Repair what `found` names; returns what was done. Nothing is parsed.

    Each step may be repeated, and what a kill cuts short the next verify finds. Raises Conflict
    when the indexer does not do its part within an hour.
    """
    done = [
        f"{removed} vectors of discarded models deleted" for removed in [remove_stale()] if removed
    ]
    for index in found.indexes:
        done += _repair_vectors(index, progress)
    done += _ask([index for index in found.indexes if not index.is_clean], progress)
    for index in found.indexes:
        done += shared_vectors.repair(index.generation, index.suspects)
    with write_lock() as is_held:
        removed = generation_indexes.remove_unfollowed() if is_held else []
    return [*done, *(f"index/{folder.name} deleted" for folder in removed)]


def answer(writer: "IndexWriter", folder: Path) -> bool:
    """Do what a repair asked of the writer of the index in `folder`; False when it asked nothing.

    A kill in between leaves the request, and all of it is done again.
    """
    request = repair_request(folder)
    try:
        wanted = json.loads(request.read_bytes())["versions"]
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError):
        wanted = []
    for part in _slices(wanted, _VERSIONS_AT_ONCE):
        writer.publish(part, writer.change_seq)
    if not wanted:
        writer.publish([], writer.change_seq)  # a publish removes what no manifest names
    request.unlink(missing_ok=True)
    return True


def _repair_vectors(index: IndexReport, progress: Progress) -> Iterator[str]:
    suspects = index.suspects
    if suspects.unused and (count := vectors.drop_unused(suspects.unused)):
        yield f"{count} vectors of texts that no chunk has deleted"
    for part in _slices(sorted(suspects.unsound), _TEXTS_AT_ONCE):
        Vector.objects.filter(generation=index.generation, text_sha256__in=part).delete()
    if suspects.unsound:
        yield f"{len(suspects.unsound)} unsound vectors deleted"
    if suspects.unembedded and (count := _embed(index.generation, suspects.unembedded, progress)):
        yield f"{count} texts embedded"


def _embed(generation: EmbeddingGeneration, chunk_ids: Iterable[int], progress: Progress) -> int:
    wanted, count = sorted(chunk_ids), 0
    for done, part in enumerate(_slices(wanted, _TEXTS_AT_ONCE)):
        progress("texts to embed", done * _TEXTS_AT_ONCE, len(wanted))
        chunks = Chunk.objects.filter(pk__in=part)
        texts = {chunk.text_sha256: chunk.indexed_text for chunk in chunks}
        count += embedding.embed_for(generation, texts)
    return count


def _ask(indexes: Sequence[IndexReport], progress: Progress) -> list[str]:
    """Have the indexer, or us where none runs, hash every file and publish what differs."""
    requests, done = list[Path](), list[str]()
    for index in indexes:
        folder, versions = folder_of(index.generation.pk), sorted(index.suspects.versions)
        folder.mkdir(parents=True, exist_ok=True)
        request = repair_request(folder)
        if index.suspects.is_everything or len(versions) > _REBUILT_FROM:
            request = rebuild_request(folder)
            request.touch()
            done.append(f"index of {index.generation} made anew")
        else:
            write_durably(request, json.dumps({"versions": versions}).encode())
            done.append(f"{len(versions)} versions published again")
        check_request(folder).touch()
        requests += [request, check_request(folder)]
    _await(requests, progress)
    return done


def _await(requests: Sequence[Path], progress: Progress) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while waiting := sum(request.exists() for request in requests):
        progress("requests to the indexer", len(requests) - waiting, len(requests))
        with write_lock() as is_held:
            if is_held:
                from apps.retrieval import index_following  # heavy

                index_following.catch_up_here(check_content=True)
                continue
        if time.monotonic() > deadline:
            raise Conflict("The indexer is still repairing. See `clawdbot index status`.")
        time.sleep(_POLL_S)


def _slices(keys: Sequence[Key], size: int) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
