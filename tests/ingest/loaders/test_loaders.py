"""Every loader keeps the contract: facts first, pages in order, exact spans, clean text."""

import json
from pathlib import Path

import pytest

from ingest.loaders import registry
from ingest.loaders.protocol import BlockKind, FileFacts, LoadError, ParsedPage
from ingest.sniffing import sniff
from tests.ingest.loaders.files import docx_paragraph, write_docx, write_epub, write_pdf


def load(path: Path) -> tuple[FileFacts, list[ParsedPage]]:
    media_type = sniff(path, path.name)
    facts, *pages = registry.loader_for(media_type).load(path, media_type, path.name)
    assert isinstance(facts, FileFacts)
    assert [page.number for page in pages] == sorted({page.number for page in pages})
    for page in pages:
        ends = [0, *(block.end for block in page.blocks)]
        assert all(a <= block.start for a, block in zip(ends, page.blocks, strict=False))
        assert all(page.text[block.start : block.end].strip() for block in page.blocks)
    return facts, pages


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def texts(page: ParsedPage, kind: BlockKind) -> list[str]:
    return [page.text[block.start : block.end] for block in page.blocks if block.kind is kind]


def test_every_registered_loader_names_its_media_types():
    for media_type in registry.LOADERS:
        assert media_type in registry.loader_for(media_type).media_types


def test_markdown_gives_headings_lists_code_and_tables_without_marks(tmp_path):
    source = "---\ntitle: 手册\n---\n# One\n\nSome **bold** [link](http://x).\n\n- a\n- b\n\n| h |\n|---|\n| 1 |\n"  # noqa: E501

    facts, [page] = load(write(tmp_path / "a.md", source))

    assert facts.title == "手册"
    assert texts(page, BlockKind.HEADING) == ["One"]
    assert texts(page, BlockKind.TEXT) == ["Some bold link."]
    assert texts(page, BlockKind.LIST) == ["- a\n- b"]
    assert texts(page, BlockKind.TABLE) == ["| h |\n| --- |\n| 1 |"]


@pytest.mark.parametrize("line", [">", "> ", "- ", "|", "***", "```", "#", "\\", "<!--"])
def test_markdown_of_odd_lines_comes_to_an_end(tmp_path, line):
    load(write(tmp_path / "a.md", f"text\n\n{line}\n{line}\n\ntext\n{line}\n"))


def test_chinese_lines_that_were_wrapped_are_joined_without_a_space(tmp_path):
    _, [page] = load(write(tmp_path / "a.md", "这是一个\n句子。\n"))

    assert page.text == "这是一个句子。"


def test_text_in_gb18030_is_read_and_chapters_become_headings(tmp_path):
    source = "第一章 总则\n\n员工应当遵守公司的规定，按时上班。\n".encode("gb18030")

    _, [page] = load(write(tmp_path / "a.txt", source))

    assert texts(page, BlockKind.HEADING) == ["第一章 总则"]
    assert "按时上班" in page.text


def test_nul_and_lone_surrogates_never_reach_the_text(tmp_path):
    _, [page] = load(write(tmp_path / "a.json", '{"a": "x\\u0000y\\ud800z"}'))

    assert page.text == "a: xyz"


def test_html_drops_scripts_and_keeps_the_table_header(tmp_path):
    source = (
        "<html><head><title>T</title></head><body><script>bad()</script><h2>H</h2><p>Text</p>"
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>"
    )

    facts, [page] = load(write(tmp_path / "a.html", source))

    assert facts.title == "T"
    assert "bad" not in page.text
    assert page.blocks[-1].header == "| a | b |\n| --- | --- |"


def test_a_pipe_in_a_cell_does_not_split_it(tmp_path):
    _, [page] = load(write(tmp_path / "a.csv", 'name,value\n"a|b",1\n'))

    assert page.text.splitlines()[-1].count("|") == 3


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_dialects_give_the_same_table(tmp_path, mark):
    source = "\n".join(mark.join(row) for row in (["a", "b"], ["1", "2"], ["3", "4"]))

    _, [page] = load(write(tmp_path / "a.csv", source))

    assert page.text == "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"


def test_a_long_csv_repeats_its_header_on_each_page(tmp_path):
    rows = "\n".join(f"row {number},{'x' * 50}" for number in range(1500))

    _, pages = load(write(tmp_path / "a.csv", f"key,value\n{rows}\n"))

    assert len(pages) > 2
    assert {page.blocks[0].header for page in pages} == {"| key | value |\n| --- | --- |"}


def test_json_lists_of_objects_become_tables(tmp_path):
    _, [page] = load(
        write(tmp_path / "a.json", json.dumps([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]))
    )

    assert page.text == "| a | b |\n| --- | --- |\n| 1 | x |\n| 2 | y |"


def test_mail_has_its_subject_as_title_and_names_attachments(tmp_path):
    source = (
        "From: Ann <a@x.org>\nTo: b@x.org\nSubject: =?utf-8?b?5oql6ZSA?=\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: text/plain; charset=utf-8\n\n'  # noqa: E501
        'Please pay.\n--B\nContent-Type: text/plain; name="n.txt"\n'
        'Content-Disposition: attachment; filename="n.txt"\n\nattached words\n--B--\n'
    )

    facts, [page] = load(write(tmp_path / "a.eml", source))

    assert facts.title == "报销"
    assert all(
        words in page.text for words in ("From: Ann", "Please pay.", "n.txt", "attached words")
    )


def test_encrypted_mail_is_refused(tmp_path):
    source = "From: a@x.org\nTo: b@x.org\nSubject: s\nContent-Type: multipart/encrypted; boundary=B\n\n--B--\n"  # noqa: E501

    with pytest.raises(LoadError, match="encrypted"):
        load(write(tmp_path / "a.eml", source))


def test_a_bold_run_of_word_that_ends_with_a_blank_leaves_no_marks(tmp_path):
    bold = '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">October 1 </w:t></w:r>'
    body = docx_paragraph("It ends on").replace("</w:p>", f"{bold}</w:p>")

    _, [page] = load(write_docx(tmp_path / "a.docx", body))

    assert "*" not in page.text
    assert "October 1" in page.text


def test_docx_gives_headings_of_its_styles(tmp_path):
    body = docx_paragraph("Leave", "Heading1") + docx_paragraph("Everyone has 25 days.")

    _, [page] = load(write_docx(tmp_path / "a.docx", body))

    assert texts(page, BlockKind.HEADING) == ["Leave"]
    assert texts(page, BlockKind.TEXT) == ["Everyone has 25 days."]


def test_epub_chapters_are_pages(tmp_path):
    facts, pages = load(
        write_epub(tmp_path / "a.epub", ["<h1>One</h1><p>x</p>", "<h1>Two</h1><p>y</p>"])
    )

    assert facts.title == "A Book"
    assert [page.text for page in pages] == ["One\n\nx", "Two\n\ny"]


def test_rtf_in_gbk_is_read_as_chinese(tmp_path):
    escaped = "".join(f"\\'{byte:02x}" for byte in "员工手册".encode("gbk"))
    source = rf"{{\rtf1\ansi\ansicpg936{{\fonttbl{{\f0\fcharset134 SimSun;}}}}\f0 {escaped}\par}}"

    _, [page] = load(write(tmp_path / "a.rtf", source))

    assert page.text == "员工手册"


def test_pdf_joins_wrapped_lines_and_finds_headings_by_size(tmp_path):
    lines = [
        (50, 700, 20, "Annual Leave"),
        (
            50,
            660,
            10,
            "Everyone who works here has twenty-five days of paid leave in a year and may",
        ),
        (
            50,
            648,
            10,
            "carry five of them over into the spring of the year that comes after that one.",
        ),
    ]

    _, [page] = load(write_pdf(tmp_path / "a.pdf", [lines]))

    assert texts(page, BlockKind.HEADING) == ["Annual Leave"]
    assert "and may carry five" in page.text


def test_pdf_leaves_out_running_heads_and_page_numbers(tmp_path):
    def lines(number):
        body = [
            (50, 600 - 12 * i, 10, f"Body line {number} {chr(97 + i)} goes on") for i in range(6)
        ]
        return [(50, 780, 9, "ACME Handbook 2026"), *body, (300, 20, 9, str(number))]

    _, pages = load(write_pdf(tmp_path / "a.pdf", [lines(number) for number in range(1, 6)]))

    assert len(pages) == 5
    assert all("ACME" not in page.text and "Body line" in page.text for page in pages)
    assert all(not page.text.endswith(str(page.number)) for page in pages)


def test_pdf_without_text_says_that_it_is_a_scan(tmp_path):
    with pytest.raises(LoadError) as refusal:
        load(write_pdf(tmp_path / "a.pdf", [[]]))

    assert refusal.value.code == "no_text"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"%PDF-1.4 nothing", "damaged"),
        ("a.docx", b"PK\x03\x04 nothing", "damaged"),
        ("a.epub", b"PK\x03\x04 nothing", "damaged"),
        ("a.json", b'{"a": ', "damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "unsupported"),
    ],
)
def test_what_cannot_be_read_has_a_reason(tmp_path, name, content, code):
    with pytest.raises(LoadError) as refusal:
        load(write(tmp_path / name, content))

    assert refusal.value.code == code
    assert refusal.value.message.endswith((".", ")."))
