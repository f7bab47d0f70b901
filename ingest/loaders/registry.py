"""Which loader reads which media type. A new loader is one class in one file, and its lines here."""

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


def loader_for(media_type: str) -> Loader:
    """Make the loader of a media type. Raises LoadError `unsupported` when there is none."""
    target = LOADERS.get(media_type)
    if target is None:
        raise LoadError("unsupported", f"Files of the type {media_type} cannot be read.")
    module, name = target.split(":")
    loader: Loader = getattr(import_module(f"ingest.loaders.{module}"), name)()
    return loader
