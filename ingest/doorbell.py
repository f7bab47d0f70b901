"""Telling workers, after the commit, that a job waits. A lost bell is rung again by the sweeper."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
RUN_JOB = "ingest.run_job"
EMBED_PENDING = "ingest.embed_pending"


def ring_job(job_id: int) -> None:
    """A file, import or archive waits to be read."""
    transaction.on_commit(partial(_send, RUN_JOB, job_id))


def ring_embedding() -> None:
    """Chunks wait to be embedded."""
    transaction.on_commit(partial(_send, EMBED_PENDING))


def _send(task: str, *arguments: int) -> None:
    try:
        current_app.send_task(task, args=arguments, expires=3600)
    except (OperationalError, OSError) as error:
        logger.warning("the broker is out of reach (%s); the sweeper rings again", error)
