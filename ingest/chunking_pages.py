"""Lays pages end to end in the version text and joins the sentences that run over a page break."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ingest import sentences
from ingest.chunking_units import count_tokens
from ingest.loaders.markdown_blocks import is_cjk
from ingest.loaders.protocol import Block, BlockKind, ParsedPage

_ENDS = tuple(".!?。！？；;:：…\"'”’」』)）]】")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page ready for chunking: `text` begins at `offset` of the version text.

    It may reach over the page's end (joined by a form feed) to the end of the last sentence.
    """

    number: int
    offset: int
    text: str
    blocks: tuple[Block, ...]


def lay_out(pages: Iterable[ParsedPage], *, most_tokens: float) -> Iterator[Sheet]:
    """Yield a Sheet for each page, holding one page back. Blocks cover all visible text.

    A sentence is carried over only when what follows the break has at most `most_tokens` tokens.
    """
    offset = taken = 0
    previous: ParsedPage | None = None
    for page in pages:
        if previous is not None:
            carried = _carried(previous, page, most_tokens)
            yield _sheet(previous, offset, taken, page.text[:carried])
            offset += len(previous.text) + 1
            taken = carried
        previous = page
    if previous is not None:
        yield _sheet(previous, offset, taken, "")


def _sheet(page: ParsedPage, offset: int, taken: int, carried: str) -> Sheet:
    blocks = list(_covering(page, taken))
    text = page.text
    if carried and blocks:
        text = f"{text}\f{carried}"
        blocks[-1] = replace(blocks[-1], end=len(text))
    return Sheet(page.number, offset, text, tuple(blocks))


def _covering(page: ParsedPage, taken: int) -> Iterator[Block]:
    """The page's blocks from `taken` on; text between blocks becomes blocks of its own."""
    at = taken
    for block in page.blocks:
        if block.end <= at:
            continue
        if page.text[at : block.start].strip():
            yield Block(BlockKind.TEXT, at, block.start)
        yield replace(block, start=max(block.start, at))
        at = block.end
    if page.text[at:].strip():
        yield Block(BlockKind.TEXT, at, len(page.text))


def _carried(page: ParsedPage, following: ParsedPage, most_tokens: float) -> int:
    """How many characters of the following page end the last sentence of this one."""
    if page.label or following.label or not page.blocks or not following.blocks:
        return 0
    last, first = page.blocks[-1], following.blocks[0]
    if last.kind is not BlockKind.TEXT or first.kind is not BlockKind.TEXT:
        return 0
    tail = page.text[last.start : last.end].rstrip()
    head = following.text[first.start : first.end].lstrip()
    if last.end != len(page.text) or first.start or not tail or not head or tail.endswith(_ENDS):
        return 0
    if not (head[0].islower() or (is_cjk(head[0]) and is_cjk(tail[-1]))):
        return 0
    end = next((end for _, end in sentences.split(following.text, 0, first.end)), 0)
    return end if count_tokens(following.text[:end]) <= most_tokens else 0
