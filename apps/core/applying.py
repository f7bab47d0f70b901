"""Bringing a new clawdbot.yaml into force from a page: who can do that is told from above.

Every process reads the configuration once, when it starts. Whatever starts the processes of this
node registers itself here; the work is done by a process that outlives the web server.
"""

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from apps.core.config import Config


class Obstacle(StrEnum):
    """Why a page cannot write and apply it here."""

    NONE = ""
    READ_ONLY = "read_only"  # the file is another user's, or on a read-only disk
    SEVERAL = "several"  # a balancer may lead each request to another node
    NOT_OURS = "not_ours"  # something else than our supervisor starts the processes


class Applier(Protocol):
    """What starts the processes of this node."""

    def obstacle(self) -> Obstacle:
        """Why it cannot be done."""
        ...

    def begin(self, text: str) -> None:
        """Write the file and start every process again, soon; returns at once. The outcome is
        noted. When the node does not come up with it, the former file is put back."""
        ...


class State(StrEnum):
    """How far it is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # the former file is in force again


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the last time; `message`: why it failed."""

    state: State
    message: str = ""


_applier: Applier | None = None


def register(applier: Applier) -> None:
    """Name who does it in this process."""
    global _applier  # noqa: PLW0603 - one for the process
    _applier = applier


def obstacle() -> Obstacle:
    """Why it cannot be done from here."""
    return Obstacle.NOT_OURS if _applier is None else _applier.obstacle()


def begin(text: str) -> None:
    """See Applier. Call it only where there is no obstacle."""
    if _applier is None:
        raise RuntimeError("nobody registered")
    _applier.begin(text)


def note(configuration: Config, outcome: Outcome) -> None:
    """Write down how far it is, for pages and commands of this node."""
    path = _file(configuration)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    fresh.write_text(json.dumps(asdict(outcome), ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def last(configuration: Config) -> Outcome | None:
    """What was noted last; None: nothing was ever applied here."""
    try:
        found = json.loads(_file(configuration).read_text(encoding="utf-8"))
        return Outcome(State(found["state"]), str(found["message"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _file(configuration: Config) -> Path:
    return configuration.data_dir / "run" / "applied.json"
