"""Mail as files: EML and MHTML."""

import email
import email.policy
import html
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from ingest.loaders import encodings
from ingest.loaders.html_blocks import split_html
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, LoadError, ParsedPage
from ingest.loaders.text import text_pieces

_HEADERS = ("From", "To", "Cc", "Date")
_ENCRYPTED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_READABLE = {"text/plain", "text/markdown", "text/csv", "text/html"}
_MAX_DEPTH = 5


class MailLoader:
    """Subject as title; addresses and date first, then the body, then readable attachments."""

    name = "mail"
    media_types = frozenset({"message/rfc822"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        data = path.read_bytes()
        codec = encodings.detect(data)
        if codec.startswith("utf-16") or codec == "utf-8-sig":
            data = data.decode(codec, errors="replace").encode()
        message = email.message_from_bytes(data, policy=email.policy.default)
        if message.get_content_type() in _ENCRYPTED:
            raise LoadError(
                "encrypted",
                "The message is encrypted. Decrypt it in the mail program, save it, upload that.",
            )
        facts = mail_facts(
            media_type, {name: _header(message, name) for name in ("Subject", *_HEADERS)}
        )
        yield facts
        yield from PageBuilder().paged(_message(message, 1))


def mail_facts(media_type: str, headers: dict[str, str]) -> FileFacts:
    """Facts from mail headers; the subject is the title."""
    kept = {name.lower(): value for name, value in headers.items() if value}
    return FileFacts(media_type=media_type, title=headers.get("Subject", ""), metadata=kept)


def mail_head(headers: dict[str, str]) -> Iterator[Piece]:
    """The subject as heading, and the block of addresses and date."""
    yield Piece(BlockKind.HEADING, headers.get("Subject", ""), 1)
    lines = (f"{name}: {value}" for name, value in headers.items() if value and name != "Subject")
    yield Piece(BlockKind.LIST, "\n".join(lines))


def _message(message: EmailMessage, depth: int) -> Iterator[Piece]:
    yield from mail_head({name: _header(message, name) for name in ("Subject", *_HEADERS)})
    body = message.get_body(preferencelist=("plain", "html"))
    parts = [part for part in message.walk() if not part.is_multipart() and part is not body]
    if isinstance(body, EmailMessage):
        yield from _part(body)
    attached = [(part, _filename(part)) for part in parts]
    if names := [name for _, name in attached if name]:
        yield Piece(BlockKind.LIST, "Attachments: " + ", ".join(names))
    for part, name in attached:
        if name and part.get_content_type() in _READABLE:
            yield Piece(BlockKind.HEADING, name, 2)
            yield from _part(part)
    if depth < _MAX_DEPTH:
        yield from _forwarded(message, depth)


def _forwarded(message: EmailMessage, depth: int) -> Iterator[Piece]:
    for part in message.iter_attachments() if message.is_multipart() else ():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, EmailMessage):
                yield from _message(inner, depth + 1)


def _part(part: EmailMessage) -> Iterator[Piece]:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else str(part.get_payload()).encode()
    text = encodings.decode(data, part.get_content_charset() or "")
    if part.get_content_type() == "text/html":
        yield from split_html(text)[1]
    else:
        yield from text_pieces(text.splitlines())


def _header(message: EmailMessage, name: str) -> str:
    try:
        value = message.get(name)
    except (
        ValueError,
        IndexError,
        AttributeError,
        TypeError,
    ):  # the parser of the standard library
        return ""
    return html.unescape(" ".join(str(value).split())) if value else ""


def _filename(part: EmailMessage) -> str:
    try:
        return " ".join((part.get_filename() or "").split())
    except (ValueError, IndexError, AttributeError, TypeError):
        return "attachment"
