"""docker-compose.yml and its overrides, merged and filled in as Compose does."""

import os
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "compose"
OVERRIDES = ("airgap", "gpu", "scale-out", "node")
REPLACED = {"command", "entrypoint", "test"}  # lists that an override replaces; others grow
VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::([-?])([^}]*))?\})")

Tree = dict[str, Any]


def merged(*overrides: str, **variables: str) -> Tree:
    """The base file with these overrides, variables filled in from `variables` only."""
    found: Tree = {}
    for path in (ROOT / "docker-compose.yml", *(FOLDER / f"{name}.yml" for name in overrides)):
        found = _over(found, yaml.safe_load(path.read_text(encoding="utf-8")))
    return _filled(found, variables)


def running(*overrides: str, **variables: str) -> dict[str, Tree]:
    """The services that `up` starts: those without a profile."""
    services = merged(*overrides, **variables)["services"]
    return {name: service for name, service in services.items() if not service.get("profiles")}


def variables_named() -> set[str]:
    """Names that the files take from .env."""
    texts = [(ROOT / "docker-compose.yml").read_text(), *map(Path.read_text, FOLDER.glob("*.yml"))]
    return {match[1] for text in texts for match in VARIABLE.finditer(text) if match[1]}


def networks(service: Tree) -> set[str]:
    """Names of the networks that a service is on."""
    return set(service.get("networks", ["default"]))


def seconds(duration: str) -> int:
    """Of `30s`; the files use no other unit."""
    return int(duration.removesuffix("s"))


def _over(below: Any, above: Any, name: str = "") -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        keys = [*below, *(key for key in above if key not in below)]
        return {key: _over(below.get(key), above.get(key, below.get(key)), key) for key in keys}
    if isinstance(below, list) and isinstance(above, list) and name not in REPLACED:
        return [*below, *(entry for entry in above if entry not in below)]
    return below if above is None else above


def _filled(value: Any, variables: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, variables) for inner in value]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        if not match[1]:
            return "$"
        return variables.get(match[1]) or (match[3] if match[2] == "-" else "")

    filled = VARIABLE.sub(fill, value)
    return yaml.safe_load(filled) if filled != value and _is_number(filled) else filled


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)?", text))


def own_environment(service: Tree, **instead: str) -> dict[str, str]:
    """What a container's process sees, with a PATH of this machine's."""
    given = {name: str(value) for name, value in service.get("environment", {}).items()}
    return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"} | given | instead
