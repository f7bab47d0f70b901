"""Writing clawdbot.yaml: the first one, and single values that a command changes."""

import os
import re
from pathlib import Path

from apps.core.config import home

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
    """Change one value of one section, leaving every other line and comment as it is."""
    text = path().read_text(encoding="utf-8") if path().exists() else ""
    _replace(with_value(text, section, key, value))


def with_value(text: str, section: str, key: str, value: str) -> str:
    """The YAML text with `section.key` set; a missing key or section is added."""
    lines = text.splitlines()
    start = _line_of(lines, rf"{re.escape(section)}:\s*(#.*)?$")
    if start is None:
        return "\n".join([*lines, "", f"{section}:", f"  {key}: {value}", ""])
    end = start + 1
    while end < len(lines) and not re.match(r"\S", lines[end].split("#")[0] or " "):
        if match := re.match(rf"(\s+{re.escape(key)}:\s*)([^#]*?)(\s*#.*)?$", lines[end]):
            lines[end] = f"{match[1]}{value}{match[3] or ''}"
            return "\n".join([*lines, ""])
        end += 1
    lines.insert(start + 1, f"  {key}: {value}")
    return "\n".join([*lines, ""])


def _line_of(lines: list[str], pattern: str) -> int | None:
    return next((number for number, line in enumerate(lines) if re.match(pattern, line)), None)


def _replace(text: str) -> None:
    fresh = path().with_name(f".clawdbot.yaml-{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path())
