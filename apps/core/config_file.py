"""Editing clawdbot.yaml: single values, with every other line and comment as it is."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from apps.core.config import home
from apps.core.errors import Conflict


def path() -> Path:
    """Where this installation's clawdbot.yaml is."""
    return home() / "clawdbot.yaml"


def text() -> str:
    """What the file says; empty where there is none."""
    return path().read_text(encoding="utf-8") if path().exists() else ""


def set_value(section: str, key: str, value: str) -> None:
    """Change one value of one section, leaving every other line and comment as it is.

    Raises Conflict, with nothing written, where the file is not of a form that can be edited.
    """
    replace(with_value(text(), section, key, value))


def with_value(text: str, section: str, key: str, value: str) -> str:
    """The YAML text with `section.key` set; a missing key or section is added. An empty section:
    the key stands at the top, like `profile`.

    The section may be written in block style or in braces. The result is read again: Conflict is
    raised when more or less than this one value would change.
    """
    try:
        changed = _edited(text, section, key, value) if section else _top(text, key, value)
        is_right = yaml.safe_load(changed) == _expected(text, section, key, value)
    except (yaml.YAMLError, TypeError, ValueError):
        is_right = False
    if not is_right:
        name = f"{section}.{key}" if section else key
        raise Conflict(f"{path()} could not be edited. Set {name} to {value} in it.")
    return changed


def with_values(text: str, values: Mapping[str, Any]) -> str:
    """The YAML text with all of these set, by names like `service.port`. Raises as `with_value`."""
    for name, value in values.items():
        section, _, key = name.rpartition(".")
        text = with_value(text, section, key, written(value))
    return text


def written(value: Any) -> str:
    """A value as one line of YAML."""
    line = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6)
    return line.removesuffix("...\n").strip()


def replace(text: str) -> None:
    """Write the file in one step; mode 600, or the mode and owner of the one that was there."""
    fresh = path().with_name(f".clawdbot.yaml-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    if path().exists():
        old = path().stat()
        fresh.chmod(old.st_mode & 0o777)
        if os.geteuid() == 0:
            os.chown(fresh, old.st_uid, old.st_gid)
    fresh.replace(path())


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


def _top(text: str, key: str, value: str) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if old := _value_of(root, key):
        return _put(text, old, value)
    if isinstance(root, yaml.MappingNode):
        return _with_entry(text, root, f"{key}: {value}")
    return f"{text.rstrip()}\n{key}: {value}\n".lstrip()


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
    if not section:
        return {**values, key: yaml.safe_load(value)}
    return {**values, section: {**(values.get(section) or {}), key: yaml.safe_load(value)}}
