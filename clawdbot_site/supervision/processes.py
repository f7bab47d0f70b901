"""The processes of a node: `python -m clawdbot_site.supervision.processes NAME` becomes one."""

import os
import signal
import sys
from collections.abc import Callable

from apps.core import config, logs
from apps.core.nodes import node_name
from clawdbot_site.supervision import places
from clawdbot_site.supervision.parent_death import stop_with_parent

CHORES_WITH = "parse"  # the worker that does the housekeeping


def run_web() -> None:
    """Become gunicorn."""
    conf = "python:clawdbot_site.gunicorn_conf"
    gunicorn = [sys.executable, "-P", "-m", "gunicorn", "-c", conf, "clawdbot_site.wsgi"]
    os.execv(sys.executable, gunicorn)  # noqa: S606


def run_parse_worker() -> None:
    """Read files and do the housekeeping; each file is parsed in a child of its own."""
    _run_worker("parse", queues="parse,maintenance", pool="threads", count=_parse_threads())


def run_embed_worker() -> None:
    """Embed: one task at a time, the model's threads use the cores."""
    _run_worker("embed", queues="embed", pool="solo", count=1)


def run_beat() -> None:
    """Ring the schedule's doorbells."""
    del os.environ["DJANGO_SETTINGS_MODULE"]  # it sends names of tasks: no need to load them
    from clawdbot_site.supervision import beat  # heavy

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the service then saves its schedule
    places.run_dir(config.load()).mkdir(mode=0o700, parents=True, exist_ok=True)  # it lies there
    beat.ring_forever()


def run_indexer() -> None:
    """Follow the change sequence, write this node's index, have it verified at night."""
    python = [sys.executable, "-P", "-m"]
    verify = [*python, "clawdbot_site.cli.main", "index", "verify", "--nightly"]
    os.execv(sys.executable, [*python, "apps.retrieval.indexer", *verify])  # noqa: S606


def run_models() -> None:
    """Keep this node's models: load what is wanted, as it fits."""
    import django  # heavy

    django.setup()
    from apps.core import node_report  # needs Django
    from clawdbot_site.supervision.model_keeper import keep  # needs Django

    node_report.start("models")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keep()


PROCESSES: dict[str, Callable[[], None]] = {
    "web": run_web,
    "worker-parse": run_parse_worker,
    "worker-embed": run_embed_worker,
    "beat": run_beat,
    "indexer": run_indexer,
    "models": run_models,
}


def main(name: str) -> None:
    """Run the process until it is told to stop. It never outlives its supervisor."""
    stop_with_parent()
    os.environ["DJANGO_SETTINGS_MODULE"] = "clawdbot_site.settings"
    logs.begin(name)
    PROCESSES[name]()


def _parse_threads() -> int:
    return config.load().ingest.parse_workers


def _run_worker(name: str, *, queues: str, pool: str, count: int) -> None:
    os.environ["CELERY_SKIP_CHECKS"] = "1"  # they would import all pages; the code is checked
    import django  # heavy

    django.setup()
    from apps.core import node_report  # needs Django
    from clawdbot_site.celery import app  # its tasks need Django
    from clawdbot_site.supervision.worker_pulse import WorkerPulse
    from clawdbot_site.supervision.worker_report import tasks_at_work  # needs Django

    node_report.start(f"worker-{name}", tasks_at_work)
    if name == CHORES_WITH:
        from clawdbot_site.supervision import node_chores  # needs Django

        node_chores.start()
    app.steps["worker"].add(WorkerPulse)
    worker = app.Worker(
        hostname=f"{name}@{node_name()}",
        queues=queues,
        pool=pool,
        concurrency=count,
        loglevel=config.load().log.level,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    worker.start()
    sys.exit(worker.exitcode)


if __name__ == "__main__":
    main(sys.argv[1])
