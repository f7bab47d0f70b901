"""Working off the queue in this process: for the command line, evaluation and tests."""

import time

from apps.knowledge.models import Collection
from ingest import jobs, work
from ingest.models import Job
from ingest.selectors import UNFINISHED

POLL_S = 0.1


def drain(*, collection: Collection | None = None) -> int:
    """Work until no job (of the collection) is waiting or running; returns the pieces of work done.

    Safe beside workers: what they hold is waited for, and put back if they fall silent.
    """
    only = collection.pk if collection else None
    pieces = 0
    while True:
        did = work.run(collection_id=only) != "skipped" or bool(work.embed_turn(collection_id=only))
        if did:
            pieces += 1
            continue
        unfinished = Job.objects.filter(UNFINISHED)
        if only is not None:
            unfinished = unfinished.filter(collection_id=only)
        if not unfinished.exists():
            return pieces
        jobs.sweep()
        time.sleep(POLL_S)
