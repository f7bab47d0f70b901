"""The files of a report: they can be read, searched and carried away."""

import ctypes
import re

import polib
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from django.utils import translation

from apps.ops.reports.gathering import gathered
from apps.ops.reports.printing.fonts import BOLD, REGULAR, register, runs
from apps.ops.reports.printing.pdf import pdf
from apps.ops.reports.printing.web import standalone
from apps.ops.reports.telling.document import document
from tests.apps.ops.reports.conftest import NOW, OCTOBER
from tests.apps.ops.reports.sample import CHINESE, HOSTILE, october
from tests.installation import ROOT


@pytest.fixture(scope="module")
def told():
    with translation.override("en"):
        return document(october(), NOW)


@pytest.fixture(scope="module")
def content(told):
    with translation.override("en"):
        return pdf(told)


def test_the_pdf_can_be_searched_in_both_languages_and_has_numbered_pages(content):
    file = pypdfium2.PdfDocument(content)

    pages = [page.get_textpage().get_text_range() for page in file]
    text = re.sub(r"\s+", "", "".join(pages))
    assert re.sub(r"\s+", "", HOSTILE) in text
    assert CHINESE in text
    assert all(f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))
    assert [item.get_title() for item in file.get_toc()][:2] == ["At a glance", "Usage"]


def test_all_fonts_are_embedded_and_only_with_what_is_used(content):
    names, embedded = set(), set()

    for page in pypdfium2.PdfDocument(content):
        for text in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            font = pdfium.FPDFTextObj_GetFont(text)
            embedded.add(pdfium.FPDFFont_GetIsEmbedded(font))
            names.add(_name_of(font))

    assert embedded == {1}
    assert {name.split("+")[-1] for name in names} == {
        "NotoSansCJKReport-Regular",
        "NotoSansCJKReport-Bold",
    }
    assert len(content) < 200_000  # the whole fonts have 4.7 MB


def test_nothing_runs_over_the_margins(content):
    for page in pypdfium2.PdfDocument(content):
        boxes = [item.get_bounds() for item in page.get_objects()]
        assert min(left for left, *_ in boxes) > 50
        assert max(right for *_, right, _ in boxes) < page.get_width() - 50


def test_the_page_shows_questions_as_text_and_loads_nothing(told):
    page = standalone(told)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert re.findall(r"(?:src|href|url|@import)\s*[=(]", page) == []


def test_the_fonts_have_what_our_translations_are_written_with():
    there = register()
    for language in ("zh_Hans", "zh_Hant"):
        catalog = polib.pofile(str(ROOT / f"locale/{language}/LC_MESSAGES/django.po"))
        used = {ord(one) for entry in catalog for one in entry.msgstr if one > "\x7f"}
        assert {chr(one) for one in used - there[REGULAR]} <= set("▾▴🔒\ufe0f")


def test_a_character_that_no_font_has_leaves_a_mark_and_one_that_bold_lacks_is_regular():
    assert runs("a𓀀", BOLD) == [(BOLD, "a"), (REGULAR, "□")]
    assert runs("中钛", BOLD) == [(BOLD, "中"), (REGULAR, "钛")]


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_an_empty_month_is_told_in_every_language(db, language):
    with translation.override(language):
        page = document(gathered(OCTOBER), NOW)

        assert pdf(page).startswith(b"%PDF")
        assert standalone(page).count("<section") == len(page.sections)


def _name_of(font) -> str:
    buffer = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, 200)
    return buffer.value.decode()
