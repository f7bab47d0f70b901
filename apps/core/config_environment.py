"""Variables of the environment: which one sets a key, and which ones set nothing."""

import os
from collections.abc import Sequence

from pydantic import BaseModel

PREFIX = "CLAWDBOT_"
OTHERS = frozenset({"CLAWDBOT_HOME", "CLAWDBOT_VERSION"})  # no keys; the second is Compose's


def setting(key: str) -> str:
    """The variable that sets a key like `service.port`, whatever the file says; empty: none."""
    name = f"{PREFIX}{key.replace('.', '__')}".upper()
    section = f"{PREFIX}{key.split('.', maxsplit=1)[0]}".upper()
    known = {one.upper() for one in os.environ}
    return next((one for one in (name, f"{name}_FILE", section) if one in known), "")


def holding(value: object) -> str:
    """The first of our variables with this text; empty where there is none."""
    return next((name for name, text in _ours() if text == value), "")


def of_no_section(model: type[BaseModel]) -> Sequence[str]:
    """Variables that are written like a key's but name no section, which would be passed over."""
    return [
        name
        for name, _ in _ours()
        if "__" in name and not _has_keys(model, _without_prefix(name).partition("__")[0])
    ]


def of_no_key(model: type[BaseModel]) -> Sequence[str]:
    """Variables without `__` that set nothing. What an orchestrator made up is among them: a
    service's CLAWDBOT_PORT."""
    return [
        name
        for name, _ in _ours()
        if "__" not in name
        and name.upper() not in OTHERS
        and _without_prefix(name) not in model.model_fields
    ]


def _ours() -> list[tuple[str, str]]:
    found = ((name, text) for name, text in os.environ.items() if name.upper().startswith(PREFIX))
    return sorted(found)


def _without_prefix(name: str) -> str:
    return name[len(PREFIX) :].lower()


def _has_keys(model: type[BaseModel], section: str) -> bool:
    field = model.model_fields.get(section)
    kind = field.annotation if field else None
    return isinstance(kind, type) and issubclass(kind, BaseModel)
