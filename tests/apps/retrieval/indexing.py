"""What tests of retrieval say often: put chunks into the index, read the ids that come back."""

from apps.knowledge import changes
from apps.knowledge.models import Change
from apps.retrieval import embedding, indexer
from apps.retrieval.search import search
from tests.factories import ChunkFactory


def indexed(*texts, collection, **fields):
    """One document per text, embedded and indexed."""
    chunks = [
        ChunkFactory(text=text, context="", version__document__collection=collection, **fields)
        for text in texts
    ]
    embedding.embed_missing({chunk.text_sha256: chunk.indexed_text for chunk in chunks})
    indexer.catch_up()
    return chunks


def touched(chunk):
    """Announce the chunk's version again, as a change that the index has to follow."""
    return changes.record(Change.Kind.PUBLISH, [chunk.version_id])


def found(query, scope, **options):
    return [hit.chunk_id for hit in search(query, scope=scope, **options).hits]
