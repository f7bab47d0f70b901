"""The configuration as somebody outside may read it: what was set, not to what, where that tells
something."""

import re
from collections.abc import Mapping
from typing import Any, Literal, get_origin
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from apps.core.config import Config
from clawdbot_site.support.secrets import is_secret

_HARMLESS = re.compile(r"[\d.:]+ ?[kKMGT]?B?")  # sizes, times of day
_OPEN = (bool, int, float)


def shown(configuration: Config) -> Mapping[str, Any]:
    """Every key. Numbers, choices and values that were not changed are told; secrets and texts of
    the operator's own only as ‹set›."""
    return {name: _value(configuration, name) for name in type(configuration).model_fields}


def _value(section: BaseModel, name: str) -> Any:
    value, field = getattr(section, name), type(section).model_fields[name]
    if isinstance(value, BaseModel):
        return {one: _value(value, one) for one in type(value).model_fields}
    if is_secret(name, field):
        return "‹set›" if value else ""
    if value is None or isinstance(value, _OPEN) or _is_usual(value, field):
        return value
    if isinstance(value, list | tuple):
        return [_text(str(one)) for one in value]
    return str(value) if get_origin(field.annotation) is Literal else _text(str(value))


def _is_usual(value: Any, field: FieldInfo) -> bool:
    return bool(value == field.get_default(call_default_factory=True))


def _text(value: str) -> str:
    if not value or _HARMLESS.fullmatch(value) or value in available_timezones():
        return value
    try:
        scheme = urlsplit(value).scheme if "://" in value else ""
    except ValueError:
        scheme = ""
    return f"{scheme}://‹set›" if scheme else "‹set›"
