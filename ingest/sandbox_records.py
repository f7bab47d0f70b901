"""The lines that a parser child writes: facts, pages, a reason, the end. One JSON object a line."""

import json
from typing import Any

from ingest.loaders.protocol import Block, BlockKind, FileFacts, LoadError, ParsedPage

MAX_LINE_BYTES = 64 << 20
EXIT_MEMORY = 71  # the exit code of a child that met its memory limit in Python


class BadRecord(ValueError):
    """A line that no sound child writes."""


def encode(record: FileFacts | ParsedPage | LoadError | None) -> bytes:
    """One line for one record; None stands for the end."""
    match record:
        case FileFacts():
            value: dict[str, Any] = {
                "facts": [record.media_type, record.title, record.page_count, record.metadata]
            }
        case ParsedPage():
            blocks = [[b.kind.value, b.start, b.end, b.level, b.header] for b in record.blocks]
            value = {"page": [record.number, record.text, blocks, record.label]}
        case LoadError():
            value = {"error": [record.code, record.message, record.page]}
        case None:
            value = {"end": True}
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def decode(line: bytes) -> FileFacts | ParsedPage | LoadError | None:
    """Read a line back and check it: a child is not trusted. Raises BadRecord."""
    try:
        value = json.loads(line)
        match value:
            case {"facts": [str(media_type), str(title), int(count), dict(metadata)]}:
                texts = {str(name): str(text) for name, text in metadata.items()}
                return FileFacts(media_type, title, count, texts)
            case {"page": [int(number), str(text), list(blocks), str(label)]}:
                return ParsedPage(number, text, _blocks(blocks, len(text)), label)
            case {"error": [str(code), str(message), page]}:
                return LoadError(code, message, page if isinstance(page, int) else None)
            case {"end": True}:
                return None
    except (ValueError, TypeError, RecursionError) as error:
        raise BadRecord(str(error)) from error
    raise BadRecord("unknown record")


def _blocks(values: list[Any], length: int) -> tuple[Block, ...]:
    blocks = []
    at = 0
    for kind, start, end, level, header in values:
        if not at <= start <= end <= length:
            raise BadRecord("blocks out of order")
        blocks.append(Block(BlockKind(kind), start, end, level, header))
        at = end
    return tuple(blocks)
