"""The house's limits on size and names."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDERS = (
    "apps",
    "clawdbot_site",
    "ingest",
    "tests",
    "benchmarks",
    "deploy",
    "training",
    "samples",
)
FILE_LINES, FUNCTION_LINES = 400, 60
BANNED = {"utils", "helpers", "common", "misc", "base", "manager", "handler", "new"}

SOURCES = sorted(
    path
    for folder in FOLDERS
    for path in (REPOSITORY / folder).rglob("*.py")
    if "migrations" not in path.parts and "__pycache__" not in path.parts
)


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_file_is_short_and_its_functions_too(path: Path):
    text = path.read_text(encoding="utf-8")

    too_long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]

    assert len(text.splitlines()) <= FILE_LINES
    assert too_long == []


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_module_is_named_for_what_it_owns(path: Path):
    assert path.stem not in BANNED
