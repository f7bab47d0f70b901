"""Where the web server listens: written down by gunicorn's master, read by whoever asks it.

A command may be called with another environment than the one that the node was started with.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from apps.core.config import Config
from clawdbot_site.supervision import control, places

WEB = "web"


def note(configuration: Config) -> None:
    """In the master: here from now on. A folder that cannot be written is no reason to stop."""
    path, service = _path(configuration), configuration.service
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    with suppress(OSError):
        fresh.write_text(json.dumps([os.getpid(), service.host, service.port]))
        fresh.replace(path)


def in_force(configuration: Config) -> Config:
    """The configuration with host and port of the web server that runs; as it is without one."""
    with suppress(OSError, ValueError):
        pid, host, port = json.loads(_path(configuration).read_text())
        if pid and pid in [one.pid for one in control.states(configuration) if one.name == WEB]:
            service = configuration.service.model_copy(update={"host": host, "port": port})
            return configuration.model_copy(update={"service": service})
    return configuration


def _path(configuration: Config) -> Path:
    return places.run_dir(configuration) / "web-address"
