"""JSON, JSON lines and notebooks, as text that a person would read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.loaders import encodings
from ingest.loaders.markdown_blocks import split_markdown
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, LoadError, ParsedPage

_SHORT = 80
_MAX_DEPTH = 100


class StructuredLoader:
    """Lists of like objects become tables; long values become paragraphs under their key."""

    name = "structured"
    media_types = frozenset({"application/json"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        value = _parse(encodings.decode(path.read_bytes()))
        yield FileFacts(media_type=media_type, title=_title(value))
        pieces = _notebook(value) if _is_notebook(value) else _pieces(value, 1)
        yield from PageBuilder().paged(pieces)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise LoadError("damaged", "The JSON is nested too deeply to be read.") from None
    except ValueError as whole:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            where = getattr(whole, "lineno", 0)
            raise LoadError("damaged", f"The file is not valid JSON (line {where}).") from None


def _title(value: Any) -> str:
    title = value.get("title") if isinstance(value, dict) else ""
    return title if isinstance(title, str) and len(title) < 300 else ""


def _pieces(value: Any, level: int) -> Iterator[Piece]:
    if level > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield from _object(value, level)
    elif isinstance(value, list):
        yield from _array(value, level)
    elif (text := _scalar(value)) is not None:
        yield Piece(BlockKind.TEXT, text)


def _object(value: dict[str, Any], level: int) -> Iterator[Piece]:
    short = [(key, _scalar(item)) for key, item in value.items()]
    lines = [f"{key}: {text}" for key, text in short if text and len(text) <= _SHORT]
    if lines:
        yield Piece(BlockKind.LIST, "\n".join(lines))
    for key, item in value.items():
        text = _scalar(item)
        if text is not None and len(text) > _SHORT:
            yield Piece(BlockKind.TEXT, f"{key}: {text}")
        elif isinstance(item, dict | list) and item:
            yield Piece(BlockKind.HEADING, str(key), level)
            yield from _pieces(item, level + 1)


def _array(value: list[Any], level: int) -> Iterator[Piece]:
    scalars = [_scalar(item) for item in value]
    if all(text is not None for text in scalars):
        yield Piece(BlockKind.LIST, "\n".join(f"- {text}" for text in scalars if text))
    elif _is_table(value):
        columns = list(dict.fromkeys(key for item in value for key in item))
        rows = [[_scalar(item.get(key)) or "" for key in columns] for item in value]
        yield Piece(BlockKind.TABLE, rows=[columns, *rows])
    else:
        for item in value:
            yield from _pieces(item, level + 1)


def _is_table(value: list[Any]) -> bool:
    return (
        len(value) > 1
        and all(isinstance(item, dict) for item in value)
        and len({tuple(item) for item in value}) <= 3
        and all(len(_scalar(cell) or "x" * 200) <= 200 for item in value for cell in item.values())
    )


def _scalar(value: Any) -> str | None:
    if isinstance(value, dict | list):
        return None
    return value if isinstance(value, str) else json.dumps(value)


def _is_notebook(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("cells"), list) and "nbformat" in value


def _notebook(value: dict[str, Any]) -> Iterator[Piece]:
    for cell in value["cells"]:
        source = cell.get("source", "") if isinstance(cell, dict) else ""
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown":
            yield from split_markdown(text)
        else:
            yield Piece(BlockKind.CODE, text)
