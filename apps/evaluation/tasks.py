"""Celery's doorbells of apps.evaluation."""

from celery import shared_task

from apps.retrieval import generation_jobs

STINT_S = 5.0


@shared_task(name=generation_jobs.WORK_ON_GENERATIONS, acks_late=True)
def work_on_generations() -> bool:
    """Build, measure or clear away embedding generations for a few seconds; ring again for more.

    Safe to repeat. Between two stints other tasks of the queue get their turn.
    """
    if not generation_jobs.is_waiting():
        return False
    from apps.evaluation import generation_work  # heavy

    more = generation_work.work(STINT_S)
    if more:
        generation_jobs.ring()
    return more
