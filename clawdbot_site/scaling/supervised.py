"""Processes under this machine's supervisor; what is not running changes with the next start."""

import os
import signal
import time

from apps.core import config
from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.installation import config_file
from clawdbot_site.scaling.protocols import Part
from clawdbot_site.supervision import control, web_count

KEYS = {Part.WORKERS: ("ingest", "parse_workers"), Part.WEB: ("service", "web_workers")}
ANSWER_S, PATIENCE_S = 2.0, 30.0  # of gunicorn's master, to a signal; to all of them
NAMES = {Part.WORKERS: "parse workers", Part.WEB: "web processes"}
ONE = {Part.WORKERS: "parse worker", Part.WEB: "web process"}


class SupervisedProcesses:
    """Writes the number into clawdbot.yaml, and has the running processes follow."""

    def __init__(self, configuration: Config) -> None:
        self._configuration = configuration

    def scale(self, part: Part, count: int) -> str:
        """See Scaler. Files that are being read go on after the restart of their worker."""
        section, key = KEYS[part]
        config_file.set_value(section, key, str(count))
        config.load.cache_clear()
        if int(getattr(getattr(config.load(), section), key)) != count:
            name = f"CLAWDBOT_{section}__{key}".upper()
            raise Conflict(f"The environment sets {section}.{key}: change {name} there.")
        told = f"{count} {ONE[part] if count == 1 else NAMES[part]}"
        if not control.is_running(self._configuration):
            return f"{told} from the next start on"
        if part == Part.WORKERS:
            control.restart(self._configuration, part.value)
        else:
            self._bring_web_to(count)
        return told

    def _bring_web_to(self, count: int) -> None:
        """https://docs.gunicorn.org/en/stable/signals.html: one process more, or one less that
        first ends what it answers. One signal at a time: of several at once some are lost."""
        states = control.states(self._configuration)
        pid = next((one.pid for one in states if one.name == Part.WEB), 0)
        until = time.monotonic() + PATIENCE_S
        while pid and (kept := web_count.told(self._configuration, pid)) != count:
            if kept is None or time.monotonic() > until:
                raise Conflict("The web server does not follow. It does after: clawdbot restart")
            os.kill(pid, signal.SIGTTIN if kept < count else signal.SIGTTOU)
            self._await_other_than(kept, pid)

    def _await_other_than(self, kept: int, pid: int) -> None:
        until = time.monotonic() + ANSWER_S
        while web_count.told(self._configuration, pid) == kept and time.monotonic() < until:
            time.sleep(0.02)
