"""Where the web server listens: written down by gunicorn's master, read by whoever asks it.

A command may be called with another environment than the one that the node was started with.
"""

import json
import os
from contextlib import suppress

from apps.core.config import Config
from clawdbot_site.supervision import control, master_notes

WEB, FILE = "web", "web-address"


def note(configuration: Config) -> None:
    """In the master: here from now on."""
    service = configuration.service
    here = json.dumps([os.getpid(), service.host, service.port])
    master_notes.note(configuration, FILE, here)


def in_force(configuration: Config) -> Config:
    """The configuration with host and port of the web server that runs; as it is without one."""
    with suppress(OSError, ValueError):
        pid, host, port = json.loads(master_notes.note_file(configuration, FILE).read_text())
        if pid and pid in [one.pid for one in control.states(configuration) if one.name == WEB]:
            service = configuration.service.model_copy(update={"host": host, "port": port})
            return configuration.model_copy(update={"service": service})
    return configuration
