"""From wishes to a new clawdbot.yaml: what would change, shown before it is written."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from apps.core import config_environment, config_file
from apps.core.config import Config
from apps.core.errors import Conflict
from apps.ops.setup.words import Problem, gettext_noop, problem

HIDDEN = "•••"
_SECRET = re.compile(
    r"((?:^|[\s{,])[\"']?(?:\w*_)?(?:key|token|password|secret)[\"']?\s*:\s*)"
    r"(?!\s*(?:''|\"\"|$|[,}#]))(\"[^\"]*\"|'[^']*'|[^\s,}#]+)"
)
# Pydantic's kinds of refusals (docs.pydantic.dev: Validation Errors), in words that are translated.
_REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "extra_forbidden": gettext_noop("There is no such key."),
        "greater_than": gettext_noop("It must be more than %(gt)s."),
        "greater_than_equal": gettext_noop("It must be at least %(ge)s."),
        "less_than": gettext_noop("It must be less than %(lt)s."),
        "less_than_equal": gettext_noop("It must be at most %(le)s."),
        "int_parsing": gettext_noop("Write a whole number."),
        "int_from_float": gettext_noop("Write a whole number."),
        "float_parsing": gettext_noop("Write a number."),
    }
)
_SECRET_ENDS = ("key", "token", "password", "secret")
_IN_ADDRESS = re.compile(r"(://[^\s:/@'\"]*:)([^\s@'\"]+)(@)")


@dataclass(frozen=True, slots=True)
class Change:
    """A key of clawdbot.yaml, what is in force, and what will be."""

    key: str
    before: Any
    after: Any

    @property
    def shown(self) -> Mapping[str, Any]:
        """For people and machines, without secrets."""
        return {
            "key": self.key,
            "before": self._hidden(self.before),
            "after": self._hidden(self.after),
        }

    def _hidden(self, value: Any) -> Any:
        if value and self.key.endswith(_SECRET_ENDS):
            return HIDDEN
        return _IN_ADDRESS.sub(rf"\1{HIDDEN}\3", value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Draft:
    """The file as it is and as it will be. Nothing is written unless `problems` is empty."""

    old: str
    new: str
    changes: Sequence[Change] = ()
    problems: Sequence[Problem] = ()

    @cached_property
    def diff(self) -> str:
        """Changed lines with three around them, as `diff -u` shows them; secrets are hidden."""
        lines = difflib.unified_diff(
            _masked(self.old, self.old).splitlines(),
            _masked(self.new, self.old).splitlines(),
            "clawdbot.yaml",
            "clawdbot.yaml",
            lineterm="",
        )
        return "\n".join(lines)


def draft(old: str, wanted: Mapping[str, Any], current: Config) -> Draft:
    """What `wanted` (names like `service.port`) changes. Keys in force already are left alone.

    A bad or unknown value, a key that the environment sets and a file that cannot be edited are
    problems of the draft, not exceptions.
    """
    changes, problems = [], list[Problem]()
    for key, after in wanted.items():
        before = value_of(current, key)
        if before == after:
            continue
        if name := config_environment.setting(key):
            problems.append(
                problem(key, gettext_noop("The environment sets it, as %(name)s."), name=name)
            )
            continue
        changes.append(Change(key, before, after))
    try:
        new = config_file.with_values(old, {change.key: change.after for change in changes})
    except Conflict as error:
        return Draft(old, old, changes, [*problems, problem("clawdbot.yaml", "%(why)s", why=error)])
    return Draft(old, new, changes, [*problems, *_named(problems_of(new), wanted)])


def _named(found: Sequence[Problem], wanted: Mapping[str, Any]) -> list[Problem]:
    """Of a section that is none, the key that was wanted in it."""
    wholes = {one.key: f"{one.key}." for one in found if one.key not in wanted}
    return [
        replace(one, key=next((key for key in wanted if key.startswith(wholes[one.key])), one.key))
        if one.key in wholes
        else one
        for one in found
    ]


def problems_of(text: str) -> list[Problem]:
    """What the configuration's model refuses in a text of clawdbot.yaml."""
    try:
        Config(**(yaml.safe_load(text) or {}))
    except ValidationError as error:
        return [_refused(one) for one in error.errors()]
    except (TypeError, yaml.YAMLError):
        return [problem("clawdbot.yaml", gettext_noop("It does not hold sections with keys."))]
    return []


def value_of(configuration: Config, key: str) -> Any:
    """The value in force of a key like `service.port`; None where there is no such key."""
    found: Any = configuration
    for part in key.split("."):
        found = getattr(found, part, None)
    return found


def usual_value_of(key: str) -> Any:
    """The default of a key; None where there is no such key."""
    *sections, name = key.split(".")
    model: type[BaseModel] = Config
    for section in sections:
        annotation = model.model_fields[section].annotation if section in model.model_fields else 0
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return None
        model = annotation
    return model.model_fields[name].default if name in model.model_fields else None


def _refused(error: Any) -> Problem:
    key = ".".join(str(part) for part in error["loc"]) or "clawdbot.yaml"
    if error["type"] in _REFUSALS:
        return problem(key, _REFUSALS[error["type"]], **error.get("ctx", {}))
    if "is not a size" in error["msg"]:
        return problem(key, gettext_noop("Write a size like 8GB or 512MB."))
    return problem(key, "%(why)s", why=str(error["msg"]).removeprefix("Value error, "))


def _masked(text: str, old: str) -> str:
    """Without secrets; one that was not there before is told to be new."""

    def hidden(value: str) -> str:
        return HIDDEN if value in old else f"{HIDDEN} (new)"

    text = _SECRET.sub(lambda match: match[1] + hidden(match[2]), text)
    return _IN_ADDRESS.sub(lambda match: match[1] + hidden(match[2]) + match[3], text)
