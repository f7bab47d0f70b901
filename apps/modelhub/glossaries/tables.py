"""Tables of terms as files of spreadsheets."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.modelhub.glossaries.files import terms_written
from apps.modelhub.glossaries.terms import GlossaryTerm

_HEADINGS = "English\tChinese\tOther names\tMeaning\n"


def decoded(content: bytes) -> str:
    """The text of a table: UTF-8, UTF-16 with its mark, or GB 18030, as spreadsheets write them.
    Raises Invalid."""
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_("The file is not text in UTF-8. Save it as CSV UTF-8."))


def spreadsheet(terms: Iterable[GlossaryTerm]) -> str:
    """The table, with headings and the mark by which spreadsheets know UTF-8."""
    return f"\ufeff{_HEADINGS}{terms_written(terms)}"
