"""Ringing the schedule's doorbells: every node has one who could, one of them does."""

import logging
import os
import socket
from typing import Any

from celery.beat import PersistentScheduler, Service

from apps.core import config, pulse
from apps.core.config import Config
from apps.core.nodes import node_name
from clawdbot_site.celery import app
from clawdbot_site.databases import database
from clawdbot_site.secret_key import secret_key

logger = logging.getLogger(__name__)
LEASE = "beat"
LEASE_S = 15.0
LOOK_S = 2.0  # how often those who wait look, and at most between two renewals


class PulsingScheduler(PersistentScheduler):  # type: ignore[misc]  # celery has no types
    """Tells that its loop goes round."""

    def tick(self, *arguments: Any, **options: Any) -> float:
        """Ring what is due; returns how many seconds to wait."""
        pulse.beat("beat")
        return min(float(super().tick(*arguments, **options)), LOOK_S)


class GuardedScheduler(PulsingScheduler):
    """Ticks while it holds the lease; where the database is away nobody rings, nor needs to."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._holder = f"{node_name()} {socket.gethostname()} {os.getpid()}"
        self._is_ringing = False
        super().__init__(*arguments, **options)

    def tick(self, *arguments: Any, **options: Any) -> float:
        """Ring what is due; returns how many seconds to wait."""
        if self._is_first():
            return super().tick(*arguments, **options)
        pulse.beat("beat")
        return LOOK_S

    def close(self) -> None:
        """The next one need not wait for the lease to end."""
        from django.db import Error, connections

        from apps.core.leases import lease_end

        try:
            if self._is_ringing:
                lease_end(LEASE, holder=self._holder)
        except Error as error:
            logger.warning("the lease ends by itself: %s", error)
        finally:
            connections.close_all()
            super().close()

    def _is_first(self) -> bool:
        from django.db import Error, connections

        from apps.core.leases import lease_hold

        try:
            is_first = lease_hold(LEASE, holder=self._holder, for_s=LEASE_S)
        except Error as error:
            logger.warning("nobody rings while the database is away: %s", error)
            connections.close_all()
            is_first = False
        if is_first != self._is_ringing:
            logger.info("this node rings now" if is_first else "another node rings")
        self._is_ringing = is_first
        return is_first


def ring_forever() -> None:
    """The process: until SystemExit. With SQLite there is one node, and nobody to ask."""
    configuration = config.load()
    if configuration.database.url == "sqlite":
        Service(app, scheduler_cls=PulsingScheduler).start()
        return
    _set_up_django(configuration)
    from apps.core import node_report  # needs Django

    node_report.start("beat")
    Service(app, scheduler_cls=GuardedScheduler).start()


def _set_up_django(configuration: Config) -> None:
    """With the tables of apps.core and nothing else: the whole program is three times as big."""
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": database(configuration)},
        INSTALLED_APPS=["apps.core"],
        SECRET_KEY=secret_key(configuration),
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
