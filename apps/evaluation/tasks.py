"""Celery's doorbells of apps.evaluation."""

from celery import shared_task

from apps.evaluation import run_queue
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


@shared_task(name=run_queue.WORK_ON_RUNS, acks_late=True)
def work_on_runs() -> bool:
    """Ask golden questions for a few seconds; ring again for more.

    Safe to repeat. Between two stints other tasks of the queue get their turn.
    """
    if not run_queue.is_waiting():
        return False
    from apps.evaluation import running  # heavy

    more = running.work(STINT_S)
    if more:
        run_queue.ring()
    return more


@shared_task(name="evaluation.watch_changes", acks_late=True)
def watch_changes() -> int:
    """Queue the golden sets whose surroundings changed and have settled; returns how many.

    Safe to repeat. Looks only; each set costs a few small queries.
    """
    from apps.evaluation import watching  # reads models' descriptions

    return watching.watch()
