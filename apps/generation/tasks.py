"""Scheduled work of this app."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from apps.core import config
from apps.generation import traces


@shared_task(name="generation.forget_old_traces")
def forget_old_traces() -> int:
    """Delete traces older than `answers.trace_days`. Safe to repeat; returns how many went."""
    return traces.forget_before(timezone.now() - timedelta(days=config.load().answers.trace_days))
