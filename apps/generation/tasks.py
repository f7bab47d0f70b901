"""Scheduled work of this app."""

from datetime import timedelta

from celery import shared_task

from apps.core import clock, config
from apps.generation import traces


@shared_task(name="generation.forget_old_traces")
def forget_old_traces() -> int:
    """Delete traces older than `answers.trace_days`. Safe to repeat; returns how many went."""
    return traces.forget_before(clock.now() - timedelta(days=config.load().answers.trace_days))
