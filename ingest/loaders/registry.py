"""Which loader reads which media type. A new loader: one class in one file, its lines here."""

from importlib import import_module

from ingest.loaders.protocol import Loader, LoadError

_OOXML = "application/vnd.openxmlformats-officedocument."

# media type -> "module:class"; the module (and the library it wraps) is imported when it is needed.
LOADERS: dict[str, str] = {
    "text/plain": "text:TextLoader",
    "text/markdown": "markdown:MarkdownLoader",
    "text/html": "html:HtmlLoader",
    "application/xhtml+xml": "html:HtmlLoader",
    "text/csv": "delimited:DelimitedLoader",
    "application/json": "structured:StructuredLoader",
    "application/pdf": "pdf:PdfLoader",
    _OOXML + "wordprocessingml.document": "word:WordLoader",
    "application/vnd.oasis.opendocument.text": "word:WordLoader",
    "application/rtf": "word:WordLoader",
    "application/msword": "word:WordLoader",
    _OOXML + "presentationml.presentation": "slides:SlidesLoader",
    "application/vnd.ms-powerpoint": "slides:SlidesLoader",
    _OOXML + "spreadsheetml.sheet": "sheets:SheetsLoader",
    "application/vnd.ms-excel": "sheets:SheetsLoader",
    "message/rfc822": "mail:MailLoader",
    "application/vnd.ms-outlook": "outlook:OutlookLoader",
    "application/epub+zip": "ebook:EbookLoader",
}


_NO_OCR = "Pictures are not read: recognising text in them (OCR) is not part of this profile."
_REFUSED: tuple[tuple[str, str, str], ...] = (  # media type begins with, code, what to do
    (
        "application/x-ole-encrypted",
        "encrypted",
        "The file is protected by a password or rights management. Remove that, upload it again.",
    ),
    (
        "application/zip",
        "unsupported",
        "A zip inside a document is not opened. Upload it by itself.",
    ),
    (
        "application/x-7z",
        "unsupported",
        "7z archives are not opened. Unpack it, or pack it as zip.",
    ),
    (
        "application/vnd.rar",
        "unsupported",
        "RAR files are not opened. Unpack it, or pack it as zip.",
    ),
    ("image/", "unsupported", _NO_OCR + " Upload a text or a PDF with a text layer."),
    ("audio/", "unsupported", "Sound is not transcribed. Upload a transcript."),
    ("video/", "unsupported", "Films are not transcribed. Upload a transcript."),
)


def loader_for(media_type: str) -> Loader:
    """Make the loader of a media type. Raises LoadError (unsupported, encrypted) without one."""
    target = LOADERS.get(media_type)
    if target is None:
        raise _refusal(media_type)
    module, name = target.split(":")
    loader: Loader = getattr(import_module(f"ingest.loaders.{module}"), name)()
    return loader


def _refusal(media_type: str) -> LoadError:
    for start, code, message in _REFUSED:
        if media_type.startswith(start):
            return LoadError(code, message)
    return LoadError(
        "unsupported",
        f"Files of this kind ({media_type}) are not read. Save it as PDF, DOCX, HTML or text, then "
        "upload that.",
    )
