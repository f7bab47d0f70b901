"""What a person chose while setting up, and what it means for clawdbot.yaml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from apps.core import config_environment
from apps.core.config import Config
from apps.ops.setup import drafting, sizing
from apps.ops.setup.machine import Machine

ANYWHERE = ("0.0.0.0", "::")  # noqa: S104
KEEPS_MODELS = "keeps-models"  # in the run folder, of a node that keeps language models
NEAR = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Engine(StrEnum):
    """Who writes the answers."""

    BUILTIN = "builtin"
    GGUF = "gguf"  # a file of this machine, served here
    SERVER = "server"  # an OpenAI-compatible server in the building
    REMOTE = "remote"  # one outside: only for collections that may leave


@dataclass(frozen=True, slots=True)
class Wish:
    """An engine with what it needs."""

    engine: Engine = Engine.BUILTIN
    path: str = ""  # of a GGUF file
    url: str = ""
    key: str = ""
    model: str = ""  # at a remote engine


@dataclass(frozen=True, slots=True)
class Choices:
    """`profile` empty: as it is. `values` are keys of clawdbot.yaml and come last."""

    profile: str = ""
    wish: Wish | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def proposal(profile: str, here: Machine, current: Config) -> Mapping[str, Any]:
    """What the size would set, without what somebody has set here to a value of their own, be it
    in the file or in the environment.
    """
    before = sizing.values_of(current.profile, here)
    found = {}
    for key, value in sizing.values_of(profile, here).items():
        now = drafting.value_of(current, key)
        is_own = (
            config_environment.setting(key)
            or now not in (drafting.usual_value_of(key), before[key])
        ) and key != "profile"
        found[key] = now if is_own else value
    return found


def wanted(choices: Choices, here: Machine, current: Config) -> dict[str, Any]:
    """All keys that the choices decide, with their values."""
    found = dict(proposal(choices.profile, here, current)) if choices.profile else {}
    if choices.wish is not None:
        found |= engine_values(choices.wish, current)
    return found | dict(choices.values)


def engine_values(wish: Wish, current: Config) -> dict[str, Any]:
    """What the engine means for clawdbot.yaml."""
    engines, serving = current.engines, current.serving
    if wish.engine == Engine.BUILTIN:
        others = serving.servers or has_models(current) or engines.default in ("remote", "hybrid")
        return {"engines.default": "builtin" if others else engines.default}
    if wish.engine == Engine.GGUF:
        return {"engines.default": "auto"}
    url = wish.url.strip().rstrip("/")
    if wish.engine == Engine.SERVER:
        servers = [url, *(one for one in serving.servers if one != url)]
        return {"engines.default": "auto", "serving.servers": servers}
    found = {
        "engines.default": "remote",
        "engines.remote_url": url,
        "engines.remote_model": wish.model,
    }
    return found | ({"engines.remote_key": wish.key} if wish.key else {})


def has_models(current: Config) -> bool:
    """Whether a language model is named, or this node has a keeper of some."""
    return bool(current.serving.models) or (current.data_dir / "run" / KEEPS_MODELS).exists()


def opened(hosts: Sequence[str]) -> dict[str, Any]:
    """What lets others on the network in, under these names and addresses."""
    names = [*sorted(NEAR, key="localhost 127.0.0.1 [::1]".index), *hosts]
    return {"service.host": ANYWHERE[0], "service.allowed_hosts": list(dict.fromkeys(names))}


def is_open(configuration: Config) -> bool:
    """Whether others than this machine reach the web server."""
    return configuration.service.host not in ("127.0.0.1", "::1", "localhost")
