"""The process `models`: the keeper's rounds, and whether this node has one."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from yaml import YAMLError

from apps.core import config, pulse
from apps.core.config import Config
from apps.core.errors import Conflict
from apps.core.outages import DATABASE_AWAY
from apps.ops.model_keeping.keeper import Keeper
from apps.ops.model_keeping.probing import ServerProber
from apps.serving import hardware
from clawdbot_site.supervision.model_programs import SupervisedModels

logger = logging.getLogger(__name__)
ROUND_S = 2.0


def keep() -> None:
    """Go round until this process is told to stop."""
    from django.db import close_old_connections

    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells of each request
    fresh = FreshConfiguration()
    keeper = Keeper(
        SupervisedModels(config.load()), ServerProber(), configure=fresh, look=hardware.read
    )
    while True:
        begun = time.monotonic()
        pulse.beat("models")
        with _somebody_may_be_away():
            keeper.round()
        close_old_connections()
        time.sleep(max(0.1, ROUND_S - (time.monotonic() - begun)))


class FreshConfiguration:
    """clawdbot.yaml as it is now; while it cannot be read, as it was last."""

    def __init__(self) -> None:
        self._last = config.load()
        self._changed_at = self._stamp()

    def __call__(self) -> Config:
        stamp = self._stamp()
        if stamp != self._changed_at:
            self._changed_at = stamp
            try:
                self._last = Config()  # type: ignore[call-arg]
            except (ValidationError, YAMLError, ValueError, TypeError) as error:
                logger.warning("clawdbot.yaml is not read anew: %s", str(error).splitlines()[0])
        return self._last

    @staticmethod
    def _stamp() -> float:
        try:
            return (config.home() / "clawdbot.yaml").stat().st_mtime
        except FileNotFoundError:
            return 0.0


@contextmanager
def _somebody_may_be_away() -> Iterator[None]:
    """The supervisor, which may be stopping, or the database: the next round tries anew."""
    try:
        yield
    except DATABASE_AWAY as error:
        logger.warning("the models are kept as they are: %s", error)
    except Conflict as conflict:
        logger.info("%s", conflict.message)
