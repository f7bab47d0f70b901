"""The engines that write answers, by name."""

from collections.abc import Callable, Mapping
from functools import cache

from apps.core.errors import Invalid
from apps.generation.engines.builtin import BuiltinEngine
from apps.generation.protocols import Engine

ENGINES: Mapping[str, Callable[[], Engine]] = {"builtin": BuiltinEngine}
DEFAULT = "builtin"


@cache
def engine(name: str = DEFAULT) -> Engine:
    """The process-wide engine of that name. Raises Invalid for an unknown one."""
    if name not in ENGINES:
        raise Invalid(f"There is no engine “{name}”; there are: {', '.join(sorted(ENGINES))}.")
    return ENGINES[name]()
