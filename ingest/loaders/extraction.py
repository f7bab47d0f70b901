"""The kreuzberg library (MIT, Rust): the only file that knows it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kreuzberg

from ingest.loaders.protocol import FileFacts, LoadError

_PAGE_MARK = "\n\n\ue0f0{page_num}\ue0f1\n\n"  # private-use characters: text has none
_CONFIG: dict[str, Any] = {
    "use_cache": False,
    "enable_quality_processing": False,
    "disable_ocr": True,
    "pages": kreuzberg.PageConfig(
        extract_pages=True, insert_page_markers=True, marker_format=_PAGE_MARK
    ),
    "concurrency": kreuzberg.ConcurrencyConfig(max_threads=1),
}
_ENCRYPTED = ("password", "encrypted", "encryption")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What kreuzberg made of a file. `pages`: (number, Markdown); `tables`: (page, rows)."""

    content: str
    pages: list[tuple[int, str]]
    tables: list[tuple[int, list[list[str]]]]
    metadata: dict[str, Any]

    def facts(self, media_type: str) -> FileFacts:
        """Title, author and dates, as the file states them."""
        names = ("created_at", "modified_at", "subject", "language")
        found = {name: str(self.metadata[name]) for name in names if self.metadata.get(name)}
        if authors := self.metadata.get("authors"):
            found["author"] = ", ".join(map(str, authors))
        title = str(self.metadata.get("title") or "").strip()
        return FileFacts(media_type=media_type, title=title, metadata=found)


def extract(path: Path, media_type: str, *, output_format: str = "markdown") -> Extraction:
    """Read one file without OCR, cache or network. Raises LoadError when it cannot be read."""
    return extract_bytes(path.read_bytes(), media_type, output_format=output_format)


def extract_bytes(data: bytes, media_type: str, *, output_format: str = "markdown") -> Extraction:
    """The same for a file that is in memory."""
    config = kreuzberg.ExtractionConfig(output_format=output_format, **_CONFIG)
    try:
        result = kreuzberg.extract_bytes_sync(data, media_type, config=config)
    except MemoryError:
        raise
    except (kreuzberg.KreuzbergError, RuntimeError, ValueError, OSError) as error:
        raise _reason(str(error)) from error
    return Extraction(
        content=result.content,
        pages=[(page["page_number"], page["content"]) for page in result.pages or []],
        tables=[(table.page_number, table.cells) for table in result.tables or []],
        metadata=dict(result.metadata),
    )


def marked_pages(content: str) -> list[tuple[int, str]]:
    """Split content at the page marks: (page number, text)."""
    first, *parts = content.split("\ue0f0")
    pages = [(1, first)] if first.strip() else []
    for part in parts:
        number, _, text = part.partition("\ue0f1")
        pages.append((int(number), text) if number.isdigit() else (len(pages) + 1, part))
    return pages


def encrypted() -> LoadError:
    """The reason for an office file with a password."""
    return LoadError(
        "encrypted", "The file is protected by a password. Remove it, then upload the file again."
    )


def _reason(text: str) -> LoadError:
    if any(word in text.lower() for word in _ENCRYPTED):
        return encrypted()
    return LoadError(
        "damaged",
        "The file is damaged or not of the kind that it claims to be. Open it in the program that "
        "made it, save it again, then upload it again.",
    )
