"""A worker with our settings and one task: `python -m tests.outages.listening` writes what it
hears into the file named by HEARD."""

import os
import time
from pathlib import Path

from celery import Celery

from apps.core import config
from clawdbot_site.celery_settings import settings_for

HEAR = "outages.hear"


def application(configuration: config.Config) -> Celery:
    """What rings or listens there."""
    app = Celery("outages", set_as_current=False)
    app.conf.update(settings_for(configuration))
    return app


def main() -> None:
    """Listen until the end."""
    app = application(config.load())

    @app.task(name=HEAR)
    def hear(number: int, pause_s: int = 0) -> None:
        with Path(os.environ["HEARD"]).open("a") as file:
            file.write(f"{number}\n")
        time.sleep(pause_s)

    app.Worker(
        pool="solo",
        concurrency=1,
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    ).start()


if __name__ == "__main__":
    main()
