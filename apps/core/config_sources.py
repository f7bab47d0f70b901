"""Where a configuration value may come from besides the file: CLAWDBOT_SECTION__KEY_FILE."""

import os
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource, PydanticBaseSettingsSource


class SecretFileSource(PydanticBaseSettingsSource):
    """Reads `CLAWDBOT_DATABASE__URL_FILE=/run/secrets/db` as the value of `database.url`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not used: whole sections are returned by __call__."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, path in os.environ.items():
            if name.startswith("CLAWDBOT_") and name.endswith("_FILE") and "__" in name:
                section, key = (
                    name.removeprefix("CLAWDBOT_").removesuffix("_FILE").lower().split("__", 1)
                )
                values.setdefault(section, {})[key] = Path(path).read_text().strip()
        return values


def without_secret_files(source: PydanticBaseSettingsSource) -> PydanticBaseSettingsSource:
    """The environment without its *_FILE names, which SecretFileSource reads."""
    if isinstance(source, EnvSettingsSource):
        source.env_vars = {
            name: value for name, value in source.env_vars.items() if not name.endswith("_file")
        }
    return source
