"""A page's way to a new clawdbot.yaml: a process of its own writes it and starts the node again."""

import os
import subprocess
import sys
from pathlib import Path

from apps.core import applying, config, config_file
from apps.core.applying import Obstacle, Outcome, State
from apps.core.config import Config

STAGED = "clawdbot.yaml.next"


class SupervisedNode:
    """The processes under our own supervisor."""

    def obstacle(self) -> Obstacle:
        """See Applier."""
        from clawdbot_site.supervision import control  # the supervisor's client: only when asked

        if not os.access(config_file.path().parent, os.W_OK):
            return Obstacle.READ_ONLY
        return Obstacle.NONE if control.is_running(config.load()) else Obstacle.NOT_OURS

    def begin(self, text: str) -> None:
        """See Applier."""
        from clawdbot_site.supervision import conf, places

        configuration = config.load()
        conf.write_private(staged(configuration), text)
        applying.note(configuration, Outcome(State.RUNNING))
        log = places.log_dir(configuration) / "setup.log"
        with log.open("ab") as file:
            subprocess.Popen(
                [sys.executable, "-P", "-m", "clawdbot_site.cli.main", "apply-step"],
                stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                start_new_session=True,  # the web server's end is not its end
            )  # fmt: skip


def staged(configuration: Config) -> Path:
    """Where the text waits for the process that writes it."""
    return configuration.data_dir / "run" / STAGED


def register() -> None:
    """In a web process: its pages may apply."""
    applying.register(SupervisedNode())
