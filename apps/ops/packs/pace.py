"""How long it takes here to embed what came without vectors."""

import time

from apps.knowledge.models import Chunk, Collection, VersionState
from apps.retrieval import embedding

SAMPLE = 64


def embedding_s(collection: Collection, texts: int) -> float:
    """Seconds for so many texts of the collection, by embedding a few of them now.

    Their vectors are stored, so nothing is done twice. Raises what the embedder raises.
    """
    waiting = Chunk.objects.filter(
        version__document__collection=collection, version__state=VersionState.PENDING
    )
    sample = {chunk.text_sha256: chunk.indexed_text for chunk in waiting.order_by("pk")[:SAMPLE]}
    embedding.embedder()  # loading it is not what takes long
    began = time.monotonic()
    done = embedding.embed_missing(sample)
    return (time.monotonic() - began) / max(done, 1) * max(texts - done, 0)
