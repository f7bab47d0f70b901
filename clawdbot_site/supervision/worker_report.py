"""What a Celery worker tells the other nodes of itself."""

from celery.worker.state import active_requests

from apps.core.node_report import Observed


def tasks_at_work() -> Observed:
    """How many tasks it is at."""
    return Observed(figures={"tasks": len(active_requests)})
