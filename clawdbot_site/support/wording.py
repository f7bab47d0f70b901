"""What of a message is the program's own words: the texts in the source of who wrote it.

A message is data set into a text. The text is read from the module that the logger is named
after, so no list of what to leave out is needed: what is not in the source is left out.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

Hole = Callable[[str], str]
# Loggers that are not named after their module, and what writes without naming any.
_MODULES: Mapping[str, Sequence[str]] = {
    "django.request": ("django.utils.log",),
    "django.security": ("django.utils.log", "django.core.handlers.exception"),
    "celery.worker.strategy": ("celery.worker.strategy", "celery.app.trace"),
    "supervisor": ("supervisor.*",),
    "gunicorn": ("gunicorn.*", "gunicorn.workers.*"),
    "gunicorn.error": ("gunicorn.*", "gunicorn.workers.*"),
}
_KNOWN = frozenset({"gunicorn.access", "py.warnings", "root", "asyncio"})
_PLACE = re.compile(r"%(?:\(\w+\))?[#0 +-]*(?:\d+|\*)?(?:\.\d+)?[srdifgxXeEc]|\{[^{}]*\}")
_LEAST_WORDS = 3  # letters of its own that a text must have
_LONGEST = 400
_HOLE = "\0"


class Wording:
    """The texts of one logger's module."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._patterns = [(text, _pattern(text)) for text in texts]

    def without_data(self, message: str, hole: Hole) -> str | None:
        """The message with each piece of data as `hole` writes it; None: not of this module."""
        for text, pattern in self._patterns:
            head = text.partition(_HOLE)[0]
            if message.startswith(head) and (found := pattern.fullmatch(message)):
                holes = iter(found.groups())
                return "".join(hole(next(holes)) if c == _HOLE else c for c in text)
        return None


@lru_cache(maxsize=256)
def wording_of(logger: str) -> Wording:
    """The texts of the module that the logger is named after; none where there is no such."""
    texts = {text for path in _sources(logger) for text in _texts(path)}
    return Wording(sorted(texts, key=lambda text: (-len(text.replace(_HOLE, "")), text)))


@lru_cache(maxsize=256)
def is_logger(name: str) -> bool:
    """Whether a module is called so, or a logger of which we know where it writes from."""
    return name in _MODULES or name in _KNOWN or any(_sources(name))


@lru_cache(maxsize=256)
def defines(module: str, name: str) -> bool:
    """Whether the module's source has a class of this name."""
    pattern = re.compile(rf"^\s*class {name}\b", re.MULTILINE)
    return any(pattern.search(_read(path)) for path in _sources(module))


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(re.escape(_HOLE), "(.*?)"), re.DOTALL)


def _sources(logger: str) -> Iterator[Path]:
    for module in _MODULES.get(logger, (logger,)):
        top, *inner = module.split(".")
        for folder in _folders(top):
            path = folder.joinpath(*inner)
            if inner[-1:] == ["*"]:
                yield from sorted(path.parent.glob("*.py"))
            elif path.with_suffix(".py").is_file():
                yield path.with_suffix(".py")
            elif (path / "__init__.py").is_file():
                yield path / "__init__.py"


def _folders(package: str) -> Sequence[Path]:
    """Where a package lies; nothing of it is loaded."""
    try:
        spec = find_spec(package) if package.isidentifier() else None
    except (ImportError, ValueError):
        return []
    return [Path(one) for one in (spec.submodule_search_locations or ())] if spec else []


def _texts(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(_read(path))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        text = _text(node)
        if text and sum(map(str.isalpha, text)) >= _LEAST_WORDS and len(text) <= _LONGEST:
            yield text.strip()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _text(node: ast.AST) -> str:
    """With a mark for each piece of data."""
    if isinstance(node, ast.JoinedStr):
        pieces = [str(one.value) if isinstance(one, ast.Constant) else _HOLE for one in node.values]
        return "".join(pieces)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _PLACE.sub(_HOLE, node.value).replace("%%", "%")
    return ""
