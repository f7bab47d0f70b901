"""How far the nodes' indexes of a generation are, and which of them a node may throw away."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.errors import Retryable
from apps.core.nodes import node_name
from apps.retrieval import embedding, shared_vectors
from apps.retrieval import manifest as manifests
from apps.retrieval.index_files import Damaged, folder_of, root
from apps.retrieval.index_lock import write_lock
from apps.retrieval.manifest import Manifest
from apps.retrieval.models import EmbeddingGeneration, GenerationIndex, NodeIndex

NODE_FORGOTTEN_AFTER = timedelta(days=1)
_POLL_S = 0.25


def note_published(generation: EmbeddingGeneration, manifest: Manifest) -> None:
    """Tell what this node's index of a generation holds: its writer calls this at each publish."""
    GenerationIndex.objects.update_or_create(
        node=node_name(),
        generation=generation,
        defaults={
            "change_seq": manifest.change_seq,
            "rows": manifest.rows,
            "size_bytes": manifest.size_bytes,
        },
    )


def is_known(generation: EmbeddingGeneration) -> bool:
    """Whether the database was ever told of this node's index of a generation."""
    return GenerationIndex.objects.filter(node=node_name(), generation=generation).exists()


def waited_for(generation: EmbeddingGeneration) -> list[str]:
    """The nodes whose index of this generation is not whole yet, by name."""
    needed = int(generation.report.get("ready_seq", 0))
    alive = NodeIndex.objects.filter(updated_at__gte=clock.now() - NODE_FORGOTTEN_AFTER)
    done = GenerationIndex.objects.filter(generation=generation, change_seq__gte=needed)
    names = {*alive.values_list("node", flat=True), node_name()}
    waiting = names - set(done.values_list("node", flat=True))
    if _reached_here(generation) >= needed:
        waiting.discard(node_name())
    else:
        waiting.add(node_name())
    return sorted(waiting)


def bring_up(
    generation: EmbeddingGeneration, *, timeout_s: float, keep: Callable[[], None]
) -> None:
    """Return once every node's index of the generation is whole.

    Done here when no indexer runs on this node; `keep` is called while others are waited for.
    Raises Retryable after `timeout_s`.
    """
    until = monotonic() + timeout_s
    while waiting := waited_for(generation):
        if node_name() in waiting:
            with write_lock() as is_held:
                if is_held:
                    from apps.retrieval import index_following  # heavy

                    index_following.catch_up_here()
                    continue
        if shared_vectors.NODE in waiting:
            shared_vectors.catch_up(timeout_s=_POLL_S, keep=keep)
        if monotonic() > until:
            raise Retryable(
                _("Waiting for the index of %(nodes)s.") % {"nodes": ", ".join(waiting)}
            )
        keep()
        sleep(_POLL_S)


def size_bytes(generation: EmbeddingGeneration) -> int:
    """Of this node's index over the generation; 0 when there is none."""
    manifest = _manifest(generation)
    return manifest.size_bytes if manifest else 0


def remove_unfollowed() -> list[Path]:
    """Delete the index folders of generations that nobody searches or could go back to.

    The caller holds the write lock. Searches that still have such a folder open keep its files.
    """
    followed = {str(generation.pk) for generation in embedding.followed_generations()}
    with suppress(FileNotFoundError):
        unwanted = [
            folder
            for folder in root().iterdir()
            if folder.is_dir() and folder.name.isdecimal() and folder.name not in followed
        ]
        for folder in unwanted:
            shutil.rmtree(folder, ignore_errors=True)
            GenerationIndex.objects.filter(
                node=node_name(), generation_id=int(folder.name)
            ).delete()
        return unwanted
    return []


def _reached_here(generation: EmbeddingGeneration) -> int:
    """The change that the index on this node has reached; -1 when there is none."""
    manifest = _manifest(generation)
    return manifest.change_seq if manifest else -1


def _manifest(generation: EmbeddingGeneration) -> Manifest | None:
    try:
        return manifests.load(folder_of(generation.pk))
    except Damaged:
        return None
