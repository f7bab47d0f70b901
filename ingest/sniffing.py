"""What a file is by its bytes; its name only breaks ties among kinds of plain text."""

import json
import re
import zipfile
from pathlib import Path, PurePosixPath

from ingest.loaders import encodings, registry
from ingest.ole import ole_names

ZIP = "application/zip"
OFFICE_ENCRYPTED = "application/x-ole-encrypted"
SUPPORTED: frozenset[str] = frozenset(registry.LOADERS) | {ZIP}

_OOXML = "application/vnd.openxmlformats-officedocument."
_HEAD_BYTES = 1 << 16
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"RIFF", "audio/x-riff"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"!BDN", "application/vnd.ms-outlook-pst"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
    (b"SQLite format 3", "application/vnd.sqlite3"),
    (b"\x00asm", "application/wasm"),
    (b"%!PS", "application/postscript"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "application/onenote"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, str], ...] = (  # the first that is there decides
    ("EncryptedPackage", OFFICE_ENCRYPTED),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("WordDocument", "application/msword"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
)
_OOXML_PARTS: tuple[tuple[str, str], ...] = (
    ("word/", _OOXML + "wordprocessingml.document"),
    ("xl/", _OOXML + "spreadsheetml.sheet"),
    ("ppt/", _OOXML + "presentationml.presentation"),
    ("visio/", "application/vnd.ms-visio.drawing"),
)
_OFFICE_SUFFIXES = {
    ".docx": _OOXML + "wordprocessingml.document",
    ".xlsx": _OOXML + "spreadsheetml.sheet",
    ".pptx": _OOXML + "presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".epub": "application/epub+zip",
}
_TEXT_SUFFIXES = {
    ".md": "text/markdown",
    ".mdx": "text/markdown",
    ".markdown": "text/markdown",
    ".csv": "text/csv",
    ".tsv": "text/csv",
    ".html": "text/html",
    ".htm": "text/html",
}
_MAIL_HEADER = re.compile(
    r"^(from|to|cc|bcc|subject|date|received|return-path|message-id|mime-version|delivered-to|"
    r"reply-to|sender|content-type|content-transfer-encoding|x-[\w-]+|dkim-signature|"
    r"arc-[\w-]+|authentication-results):",
    re.IGNORECASE,
)
_HTML = re.compile(
    r"<(!doctype\s+html|html|head|body|table|div|p|h1|meta|script|style)\b", re.IGNORECASE
)
_MARKDOWN = re.compile(
    r"^(#{1,6} \S|```|\|.+\|\s*$|[-*] \S|---\s*$)|\[[^\]\n]+\]\([^)\s]+\)", re.MULTILINE
)


def sniff(path: Path, filename: str) -> str:
    """The media type of a file by its content. Unknown bytes are application/octet-stream."""
    suffix = PurePosixPath(filename).suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _sniff_zip(path, suffix)
    if head.startswith(_OLE):
        return _sniff_ole(path)
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in {b"heic", b"mif1", b"heix"} else "video/mp4"
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    return _sniff_text(head, suffix)


def _sniff_zip(path: Path, suffix: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            declared = archive.read("mimetype")[:80] if names[:1] == ["mimetype"] else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return _OFFICE_SUFFIXES.get(suffix, ZIP)  # a damaged office file is no archive
    if declared.strip():
        return declared.decode("ascii", "replace").strip()
    if "[Content_Types].xml" in names:
        for prefix, media_type in _OOXML_PARTS:
            if any(name.startswith(prefix) for name in names):
                return media_type
    return ZIP


def _sniff_ole(path: Path) -> str:
    names = ole_names(path)
    for stream, media_type in _OLE_STREAMS:
        if stream in names:
            return media_type
    return "application/x-ole-storage"


def _sniff_text(head: bytes, suffix: str) -> str:
    codec = encodings.detect(head)
    text = head.decode(codec, errors="replace").lstrip("\ufeff")
    if not _is_text(text, codec):
        return "application/octet-stream"
    start = text.lstrip()
    if _is_mail(start):
        return "message/rfc822"
    if _is_json(start, suffix):
        return "application/json"
    if re.search(r"<(html|body)\b", start[:8192], re.IGNORECASE) or _HTML.match(start):
        return "text/html" if suffix not in {".md", ".mdx"} else "text/markdown"
    if start.startswith("<?xml"):
        return "application/xml"
    is_markdown = not suffix and len(_MARKDOWN.findall(text[:20000])) >= 3
    return _TEXT_SUFFIXES.get(suffix, "text/markdown" if is_markdown else "text/plain")


def _is_json(start: str, suffix: str) -> bool:
    """A JSON suffix with a JSON start; or lines that are JSON objects, whatever the name says."""
    if not start.startswith(("{", "[")):
        return False
    if suffix in {".json", ".jsonl", ".ndjson", ".ipynb", ""}:
        return True
    lines = [line for line in start.split("\n", 6)[:5] if line.strip()]
    try:
        return len(lines) > 1 and all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


def _is_text(text: str, codec: str) -> bool:
    if not text:
        return True
    strange = sum(
        1 for char in text if char == "\ufffd" or (char < " " and char not in "\t\n\r\f\x1b")
    )
    foreign = sum(char > "\x7f" for char in text) if codec == "cp1252" else 0
    return strange <= 0.02 * len(text) and foreign <= 0.4 * len(text)


def _is_mail(start: str) -> bool:
    lines = start[:4000].splitlines()[:12]
    if lines and lines[0].startswith("From ") and len(lines) > 1:
        lines = lines[1:]
    found = 0
    for line in lines:
        if _MAIL_HEADER.match(line):
            found += 1
        elif not line.strip():
            break
        elif not line[:1].isspace() and not re.match(r"^[\w-]+:", line):
            return False
    return found >= 2
