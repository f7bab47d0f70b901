"""What has been decided on this node, and what is chosen but not written yet: data_dir/setup.json.

A file of the node, as clawdbot.yaml is: hardware and limits differ from node to node, and there may
be no database yet. Mode 600: a key of an engine may wait in it.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from apps.core.config import Config
from apps.ops.setup.choices import Choices, Engine, Wish


@dataclass(frozen=True, slots=True)
class Notes:
    """`settled`: names of steps that somebody has decided; `choices`: not written yet."""

    settled: frozenset[str] = frozenset()
    choices: Choices = field(default_factory=Choices)


def read(configuration: Config) -> Notes:
    """What is noted; nothing where the file is missing or damaged."""
    try:
        found: dict[str, Any] = json.loads(_file(configuration).read_text(encoding="utf-8"))
        wish = found.get("wish")
        return Notes(
            frozenset(map(str, found["settled"])),
            Choices(
                profile=str(found["profile"]),
                wish=Wish(**(wish | {"engine": Engine(wish["engine"])})) if wish else None,
                values=dict(found["values"]),
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Notes()


def choose(configuration: Config, step: str, choices: Choices) -> Notes:
    """Note the choices of a step beside those of others."""
    before = read(configuration)
    both = merged(before.choices, choices)
    return _write(configuration, Notes(before.settled | {step}, both))


def merged(before: Choices, choices: Choices) -> Choices:
    """Both; the later ones count. Another size starts the limits anew."""
    is_other = choices.profile not in ("", before.profile)
    return Choices(
        profile=choices.profile or before.profile,
        wish=choices.wish or before.wish,
        values={**({} if is_other else before.values), **choices.values},
    )


def settle(configuration: Config, steps: Iterable[str]) -> Notes:
    """These steps are decided, and nothing waits any more."""
    before = read(configuration)
    return _write(configuration, Notes(before.settled | frozenset(steps)))


def _write(configuration: Config, notes: Notes) -> Notes:
    wish = notes.choices.wish
    found = {
        "settled": sorted(notes.settled),
        "profile": notes.choices.profile,
        "wish": asdict(wish) if wish else None,
        "values": dict(notes.choices.values),
    }
    path = _file(configuration)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".setup-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(path)
    return notes


def _file(configuration: Config) -> Path:
    return configuration.data_dir / "setup.json"
