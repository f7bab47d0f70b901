"""The blocks of a page as they are stored: short lists of numbers, no text twice."""

from collections.abc import Iterable, Sequence

from apps.knowledge.models import Page
from ingest.loaders.protocol import Block, BlockKind

# The place in this list is what is stored: add at the end only.
_KINDS = [BlockKind.HEADING, BlockKind.TEXT, BlockKind.TABLE, BlockKind.LIST, BlockKind.CODE]
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_WIDTH = 4


def packed(blocks: Iterable[Block]) -> list[list[int]]:
    """`[[kind, start, end, level]]`; the level of a table is 1 when its first row is a header."""
    return [
        [_NUMBERS[block.kind], block.start, block.end, block.level or int(bool(block.header))]
        for block in blocks
    ]


def blocks_of(page: Page) -> list[Block]:
    """The stored blocks in order, without a table's header text; none when they do not fit."""
    blocks = [_block(stored) for stored in page.blocks if _is_sound(stored)]
    edges = [0, *(edge for block in blocks for edge in (block.start, block.end)), len(page.text)]
    is_sound = len(blocks) == len(page.blocks) and edges == sorted(edges)
    return blocks if is_sound else []


def _is_sound(stored: object) -> bool:
    return (
        isinstance(stored, Sequence)
        and len(stored) == _WIDTH
        and all(isinstance(number, int) for number in stored)
        and 0 <= stored[0] < len(_KINDS)
    )


def _block(stored: Sequence[int]) -> Block:
    kind, start, end, level = stored
    return Block(_KINDS[kind], start, end, level)
