"""Writing clawdbot.yaml: the first one, and single values that a command changes."""

import os
import re
from pathlib import Path
from typing import Any

import yaml

from apps.core.config import home
from apps.core.errors import Conflict

TEMPLATE = Path(__file__).with_name("clawdbot.yaml")


def path() -> Path:
    """Where this installation's clawdbot.yaml is."""
    return home() / "clawdbot.yaml"


def ensure(profile: str | None = None) -> bool:
    """Write the commented default file (mode 600) if there is none; tells whether it did."""
    if path().exists():
        return False
    text = TEMPLATE.read_text(encoding="utf-8")
    if profile:
        text = re.sub(r"(?m)^profile: .*$", f"profile: {profile}", text)
    home().mkdir(parents=True, exist_ok=True)
    _replace(text)
    return True


def set_value(section: str, key: str, value: str) -> None:
    """Change one value of one section, leaving every other line and comment as it is.

    Raises Conflict, with nothing written, where the file is not of a form that can be edited.
    """
    text = path().read_text(encoding="utf-8") if path().exists() else ""
    _replace(with_value(text, section, key, value))


def with_value(text: str, section: str, key: str, value: str) -> str:
    """The YAML text with `section.key` set; a missing key or section is added.

    The section may be written in block style or in braces. The result is read again: Conflict is
    raised when more or less than this one value would change.
    """
    try:
        changed = _edited(text, section, key, value)
        is_right = yaml.safe_load(changed) == _expected(text, section, key, value)
    except (yaml.YAMLError, TypeError, ValueError):
        is_right = False
    if not is_right:
        raise Conflict(f"{path()} could not be edited. Set {section}.{key} to {value} in it.")
    return changed


def _edited(text: str, section: str, key: str, value: str) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    block = _value_of(root, section)
    if block is None and isinstance(root, yaml.MappingNode) and root.flow_style:
        return _with_entry(text, root, f"{section}: {{{key}: {value}}}")
    if block is None:
        return f"{text.rstrip()}\n\n{section}:\n  {key}: {value}\n".lstrip()
    if not isinstance(block, yaml.MappingNode):  # a section without keys: `ingest:`
        return _put(text, block, f"\n  {key}: {value}")
    old = _value_of(block, key)
    return _put(text, old, value) if old else _with_entry(text, block, f"{key}: {value}")


def _value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in reversed(node.value) if name.value == key), None)


def _put(text: str, node: yaml.Node, value: str) -> str:
    return text[: node.start_mark.index] + value + text[node.end_mark.index :]


def _with_entry(text: str, mapping: yaml.MappingNode, entry: str) -> str:
    """The text with a first entry in the mapping, written the way the mapping is."""
    start = mapping.start_mark
    if mapping.flow_style:
        separator = ", " if mapping.value else ""
        return f"{text[: start.index + 1]}{entry}{separator}{text[start.index + 1 :]}"
    return f"{text[: start.index]}{entry}\n{' ' * start.column}{text[start.index :]}"


def _expected(text: str, section: str, key: str, value: str) -> dict[str, Any]:
    """What the file holds once the value is set. Raises TypeError where it holds no sections."""
    values: dict[str, Any] = yaml.safe_load(text) or {}
    return {**values, section: {**(values.get(section) or {}), key: yaml.safe_load(value)}}


def _replace(text: str) -> None:
    fresh = path().with_name(f".clawdbot.yaml-{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path())
