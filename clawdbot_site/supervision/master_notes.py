"""What gunicorn's master writes down about itself, for commands to read."""

import os
from contextlib import suppress
from pathlib import Path

from apps.core.config import Config
from clawdbot_site.supervision import places


def note(configuration: Config, name: str, text: str) -> None:
    """From now on. A folder that cannot be written is no reason to stop."""
    path = note_file(configuration, name)
    fresh = path.with_name(f".{name}-{os.getpid()}")
    with suppress(OSError):
        fresh.write_text(text)
        fresh.replace(path)


def note_file(configuration: Config, name: str) -> Path:
    """Where the note of this name is, when there is one."""
    return places.run_dir(configuration) / name
