"""Writes what may stand under `config:` into values.schema.json, from the configuration's model.

`python docs/configuration.py` does it, too, so that one command follows a changed key.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "deploy/helm/clawdbot/values.schema.json"
sys.path.insert(0, str(ROOT))
SAID_ELSEWHERE = {"title", "default"}  # pydantic's; the defaults are the program's, not the chart's
PERL = "(?"  # Go's regular expressions, which helm has, know no look-ahead


def render(written: str) -> str:
    """The schema with its parts about the configuration as the model is now."""
    from apps.core.config import Config

    schema = json.loads(written)
    config = _plain(Config.model_json_schema())
    for section in config["$defs"].values():
        section.pop("description", None)
    schema["$defs"] = config.pop("$defs")
    schema["properties"]["config"] = config | {"description": "clawdbot.yaml"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Renew the file."""
    SCHEMA.write_text(render(SCHEMA.read_text(encoding="utf-8")), encoding="utf-8")


def _plain(found: Any) -> Any:
    if isinstance(found, list):
        return [_plain(one) for one in found]
    if not isinstance(found, dict):
        return found
    if "anyOf" in found:  # a number or `auto`: the program tells what is wrong with it
        return {"description": found["description"]}
    return {
        key: {name: _plain(one) for name, one in value.items()}
        if key == "properties"
        else _plain(value)
        for key, value in found.items()
        if key not in SAID_ELSEWHERE and not (key == "pattern" and PERL in value)
    }


if __name__ == "__main__":
    write()
