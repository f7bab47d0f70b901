"""Writes docs/configuration.md from the configuration model: `python docs/configuration.py`.

With it goes what the chart for Kubernetes accepts as configuration.
"""

import runpy
import sys
import types
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from apps.core.config import Config  # noqa: E402
from apps.core.config_sections import AUTOMATIC, Section  # noqa: E402

INTRODUCTION = """# Configuration

Clawdbot reads `clawdbot.yaml` in its home folder (`$CLAWDBOT_HOME`, else the program's own).
Every key may also come from the environment, `CLAWDBOT_SECTION__KEY` (for example
`CLAWDBOT_SERVICE__PORT=9000`), or from a file, `CLAWDBOT_SECTION__KEY_FILE=/run/secrets/…`.
The environment wins over the file of a secret, and both over `clawdbot.yaml`. An unknown key or an
impossible value stops the start with one line that names the key.

This page is generated from the model (`python docs/configuration.py`); a test compares.
"""


def render() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    top = [(name, field) for name, field in Config.model_fields.items() if not _is_section(field)]
    parts.append(_table("Top level", "", top))
    for name, field in Config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            section = field.annotation
            parts.append(_table(f"`{name}`", section.__doc__ or "", section.model_fields.items()))
    return "\n".join(parts)


def _is_section(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, Section)


def _table(title: str, text: str, fields) -> str:  # noqa: ANN001
    rows = [f"## {title}", "", text.strip(), ""] if text else [f"## {title}", ""]
    rows += ["| key | type | default | meaning |", "|---|---|---|---|"]
    for name, field in fields:
        default = str(field.default).lower() if isinstance(field.default, bool) else field.default
        default = AUTOMATIC if default is None else default
        shown = f"`{default}`" if default != "" else "(empty)"
        rows.append(f"| `{name}` | {_type(field)} | {shown} | {field.description} |")
    return "\n".join([*rows, ""])


def _type(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if isinstance(annotation, types.GenericAlias):
        return "list of text"
    names = {
        int: "whole number", float: "number", str: "text", bool: "yes or no",
        float | None: f"number, or `{AUTOMATIC}`",
    }  # fmt: skip
    return names.get(annotation, str(annotation)) + _bounds(field)


def _bounds(field: FieldInfo) -> str:
    signs = {"Ge": ("ge", "≥"), "Gt": ("gt", ">"), "Le": ("le", "≤"), "Lt": ("lt", "<")}
    found = [
        f"{signs[type(bound).__name__][1]} {getattr(bound, signs[type(bound).__name__][0])}"
        for bound in field.metadata
        if type(bound).__name__ in signs
    ]
    return f" ({', '.join(found)})" if found else ""


if __name__ == "__main__":
    (ROOT / "docs" / "configuration.md").write_text(render(), encoding="utf-8")
    runpy.run_path(str(ROOT / "deploy/helm/schema.py"))["write"]()
