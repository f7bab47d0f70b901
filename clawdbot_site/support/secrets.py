"""What opens something: the secrets of the configuration and of the data folder."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from apps.core.config import Config

_TELLING = ("key", "token", "password", "secret", "passphrase")
_LARGEST = 100_000  # of a file with a secret
_PREFIX = "CLAWDBOT_"


def is_secret(name: str, field: FieldInfo) -> bool:
    """Whether a setting opens something: it is never shown, or its name says so."""
    is_text = field.annotation is str
    return field.repr is False or (is_text and any(word in name for word in _TELLING))


def known_secrets(configuration: Config) -> Iterator[str]:
    """Every one that this installation was given or made; read where it lies."""
    yield from _of_section(configuration)
    for name, value in os.environ.items():
        if name.startswith(_PREFIX) and any(word in name.lower() for word in _TELLING):
            yield value
    for path in _files(configuration):
        try:
            text = path.read_text(encoding="utf-8", errors="ignore") if _is_small(path) else ""
        except OSError:
            continue
        yield text.strip()
        yield from (line.strip() for line in text.splitlines())


def in_address(text: str) -> Iterator[str]:
    """User, password and parameters of an address, as written and as meant."""
    try:
        parts = urlsplit(text)
        password = parts.password
    except ValueError:
        return
    if password:
        yield from (password, unquote(password))
    for name, value in parse_qsl(parts.query):
        if any(word in name.lower() for word in _TELLING):
            yield value


def _of_section(section: BaseModel) -> Iterator[str]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _of_section(value)
        elif isinstance(value, str) and value:
            if is_secret(name, field):
                yield value
            if "://" in value:
                yield from in_address(value)


def _files(configuration: Config) -> Iterator[Path]:
    """In the folder of secrets, and those that settings name."""
    folder = configuration.data_dir / "secrets"
    if folder.is_dir():
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())
    values: Mapping[str, Any] = configuration.model_dump()
    for section in values.values():
        for name, value in section.items() if isinstance(section, dict) else ():
            if name.endswith("_file") and isinstance(value, str) and value:
                yield Path(value)
    for name, value in os.environ.items():
        if name.startswith(_PREFIX) and name.endswith("_FILE"):
            yield Path(value)


def _is_small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= _LARGEST
