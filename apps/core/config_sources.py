"""Where configuration values come from: clawdbot.yaml, and CLAWDBOT_SECTION__KEY_FILE."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    YamlConfigSettingsSource,
)
from yaml.constructor import ConstructorError

PREFIX, SUFFIX = "clawdbot_", "_file"


class UnreadableSecret(Exception):
    """A secret's file cannot be read; the message names the key, the variable and the file."""


class FileSource(YamlConfigSettingsSource):
    """Reads clawdbot.yaml, which need not be there.

    Raises YAMLError also for a key that is there twice, of which YAML would drop the first.
    """

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        with file_path.open(encoding="utf-8") as file:
            return yaml.load(file, Loader=_OnceLoader) or {}  # noqa: S506  a SafeLoader


class _OnceLoader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if key.value in seen:
                text = f"`{key.value}` is there already, in line {seen[key.value]}"
                raise ConstructorError(problem=text, problem_mark=key.start_mark)
            seen[str(key.value)] = key.start_mark.line + 1
        return super().construct_mapping(node, deep)


class SecretFileSource(PydanticBaseSettingsSource):
    """Reads `CLAWDBOT_DATABASE__URL_FILE=/run/secrets/db` as the value of `database.url`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not used: whole sections are returned by __call__."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """The values of all secret files. Raises UnreadableSecret."""
        values: dict[str, Any] = {}
        for name, section, key in _secrets(self.settings_cls):
            values.setdefault(section, {})[key] = _read(name, f"{section}.{key}")
        return values


def without_secret_files(source: PydanticBaseSettingsSource) -> PydanticBaseSettingsSource:
    """The environment without the names that SecretFileSource reads."""
    if isinstance(source, EnvSettingsSource):
        taken = {name.lower() for name, _, _ in _secrets(source.settings_cls)}
        source.env_vars = {
            name: value for name, value in source.env_vars.items() if name.lower() not in taken
        }
    return source


def _secrets(model: type[BaseSettings]) -> Iterator[tuple[str, str, str]]:
    """Variables that name a file, with section and key: `ingest.max_file` is a key of its own."""
    for name in os.environ:
        lowered = name.lower()
        if not (lowered.startswith(PREFIX) and lowered.endswith(SUFFIX)):
            continue
        section, _, key = lowered.removeprefix(PREFIX).partition("__")
        keys = _keys(model, section)
        if key not in keys and key.removesuffix(SUFFIX) in keys:
            yield name, section, key.removesuffix(SUFFIX)


def _keys(model: type[BaseSettings], section: str) -> frozenset[str]:
    field = model.model_fields.get(section)
    kind = field.annotation if field else None
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return frozenset(kind.model_fields)
    return frozenset()


def _read(name: str, key: str) -> str:
    path = os.environ[name]
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UnreadableSecret(f"{key}: cannot read “{path}” of {name}: {reason}") from None
