"""Kinds of files in the words that people use, each with its picture."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

_OOXML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """What people call a group of media types; `icon` is a symbol of icons.svg."""

    name: str
    label: Any
    icon: str
    media_types: tuple[str, ...]


KINDS = (
    Kind("pdf", _("PDF"), "file-type", ("application/pdf",)),
    Kind(
        "text-document",
        _("Text document"),
        "file-text",
        (
            _OOXML + "wordprocessingml.document",
            "application/msword",
            "application/rtf",
            "application/vnd.oasis.opendocument.text",
        ),
    ),
    Kind(
        "sheet",
        _("Spreadsheet"),
        "file-spreadsheet",
        (_OOXML + "spreadsheetml.sheet", "application/vnd.ms-excel", "text/csv"),
    ),
    Kind(
        "slides",
        _("Presentation"),
        "presentation",
        (_OOXML + "presentationml.presentation", "application/vnd.ms-powerpoint"),
    ),
    Kind("mail", _("Mail"), "mail", ("message/rfc822", "application/vnd.ms-outlook")),
    Kind("web-page", _("Web page"), "globe", ("text/html", "application/xhtml+xml")),
    Kind("text", _("Text"), "file-text", ("text/plain", "text/markdown")),
    Kind("data", _("Data"), "code", ("application/json",)),
    Kind("e-book", _("E-book"), "book-open", ("application/epub+zip",)),
)
OTHER = Kind("", _("File"), "file", ())
_BY_TYPE = {media_type: kind for kind in KINDS for media_type in kind.media_types}
BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of(media_type: str) -> Kind:
    """The kind of a file; OTHER when it is none of KINDS or not known yet."""
    return _BY_TYPE.get(media_type, OTHER)
