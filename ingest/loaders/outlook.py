"""Outlook messages: MSG."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.loaders.extraction import extract
from ingest.loaders.mail import mail_facts, mail_head
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage
from ingest.loaders.text import text_pieces

_SHOWN = ("Subject: ", "From: ", "To: ", "CC: ", "BCC: ", "Date: ")


class OutlookLoader:
    """The same shape as other mail; attachments are named."""

    name = "outlook"
    media_types = frozenset({"application/vnd.ms-outlook"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        extraction = extract(path, media_type, output_format="plain")
        headers = _headers(extraction.metadata)
        yield mail_facts(media_type, headers)
        yield from PageBuilder().paged(_pieces(headers, extraction.content, extraction.metadata))


def _headers(metadata: dict[str, Any]) -> dict[str, str]:
    return {
        "Subject": str(metadata.get("subject") or ""),
        "From": str(metadata.get("from_email") or metadata.get("from_name") or ""),
        "To": ", ".join(map(str, metadata.get("to_emails") or [])),
        "Cc": ", ".join(map(str, metadata.get("cc_emails") or [])),
        "Date": str(metadata.get("created_at") or ""),
    }


def _pieces(headers: dict[str, str], content: str, metadata: dict[str, Any]) -> Iterator[Piece]:
    yield from mail_head(headers)
    head, separator, body = content.partition("\n\n")
    is_head = separator and all(line.startswith(_SHOWN) for line in head.splitlines())
    yield from text_pieces((body if is_head else content).splitlines())
    if names := metadata.get("attachments"):
        yield Piece(BlockKind.LIST, "Attachments: " + ", ".join(map(str, names)))
