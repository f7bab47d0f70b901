"""Only the embedder: how long the texts of a collection take when nothing else is done.

`ingest.py` runs it inside the installation it measured: python raw_embedding.py COLLECTION.
Prints {"chunks": N, "seconds": S}. Every core that the configuration allows, model loaded before.
"""

import json
import sys
import time

from clawdbot_site.cli.main import setup_django


def main() -> None:
    """Embed all chunks of the collection with this UUID in one call, and throw the vectors away."""
    setup_django()
    from apps.knowledge.models import Chunk  # after Django is set up
    from apps.retrieval.embedding import embedder

    chunks = Chunk.objects.filter(version__document__collection__uuid=sys.argv[1])
    texts = [chunk.indexed_text for chunk in chunks]
    model = embedder()
    model.embed(texts[:32])

    started = time.perf_counter()
    model.embed(texts)
    seconds = time.perf_counter() - started

    print(json.dumps({"chunks": len(texts), "seconds": seconds}))


if __name__ == "__main__":
    main()
