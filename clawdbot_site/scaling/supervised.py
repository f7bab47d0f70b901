"""Processes under this machine's supervisor; what is not running changes with the next start."""

import os
import signal

from apps.core import config
from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.installation import config_file
from clawdbot_site.scaling.protocols import Part
from clawdbot_site.supervision import control

KEYS = {Part.WORKERS: ("ingest", "parse_workers"), Part.WEB: ("service", "web_workers")}
NAMES = {Part.WORKERS: "parse workers", Part.WEB: "web processes"}


class SupervisedProcesses:
    """Writes the number into clawdbot.yaml, and has the running processes follow."""

    def __init__(self, configuration: Config) -> None:
        self._configuration = configuration

    def scale(self, part: Part, count: int) -> str:
        """See Scaler. Files that are being read go on after the restart of their worker."""
        section, key = KEYS[part]
        before = self._value(part, self._configuration)
        config_file.set_value(section, key, str(count))
        config.load.cache_clear()
        if self._value(part, config.load()) != count:
            name = f"CLAWDBOT_{section}__{key}".upper()
            raise Conflict(f"The environment sets {section}.{key}: change {name} there.")
        if not control.is_running(self._configuration):
            return f"{count} {NAMES[part]} from the next start on"
        if part == Part.WORKERS:
            control.restart(self._configuration, part.value)
        else:
            self._signal_web(count - before)
        return f"{count} {NAMES[part]}"

    def _value(self, part: Part, configuration: Config) -> int:
        section, key = KEYS[part]
        return int(getattr(getattr(configuration, section), key))

    def _signal_web(self, more: int) -> None:
        """https://docs.gunicorn.org/en/stable/signals.html: one process more, or one less that
        first ends what it answers."""
        states = control.states(self._configuration)
        pid = next((one.pid for one in states if one.name == Part.WEB), 0)
        for _ in range(abs(more) if pid else 0):
            os.kill(pid, signal.SIGTTIN if more > 0 else signal.SIGTTOU)
