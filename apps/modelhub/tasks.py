"""Celery's doorbell of the model hub."""

from celery import shared_task

from apps.modelhub import background
from apps.modelhub.services import FETCH_MODELS

STINT_S = 10.0


@shared_task(name=FETCH_MODELS, acks_late=True)
def fetch_models() -> bool:
    """Fetch models for a few seconds; ring again for more. Safe to repeat.

    Between two stints other tasks of the queue get their turn.
    """
    more = background.is_waiting() and background.work(STINT_S)
    if more:
        background.ring()
    return more
