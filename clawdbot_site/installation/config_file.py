"""The first clawdbot.yaml; apps.core.config_file changes it later."""

import re
from pathlib import Path

from apps.core.config_file import path, replace, set_value, with_value

__all__ = ["TEMPLATE", "ensure", "first", "path", "set_value", "with_value"]
TEMPLATE = Path(__file__).with_name("clawdbot.yaml")


def first(profile: str | None = None) -> str:
    """The commented file with the defaults."""
    text = TEMPLATE.read_text(encoding="utf-8")
    if profile:
        text = re.sub(r"(?m)^profile: .*$", f"profile: {profile}", text)
    return text


def ensure(profile: str | None = None) -> bool:
    """Write the commented default file (mode 600) if there is none; tells whether it did."""
    if path().exists():
        return False
    path().parent.mkdir(parents=True, exist_ok=True)
    replace(first(profile))
    return True
