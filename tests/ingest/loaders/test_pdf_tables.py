"""Tables and numbered headings in PDFs: rows stay readable, prose and forms stay text."""

from pathlib import Path

import pytest

from ingest.chunking import chunk_pages
from ingest.loaders.pdf import PdfLoader
from ingest.loaders.protocol import Block, BlockKind, ParsedPage
from tests.ingest.loaders.files import write_pdf

SAMPLES = Path(__file__).parents[3] / "samples"
Row = tuple[float, list[tuple[float, str]]]


def load(path: Path) -> list[ParsedPage]:
    pages = PdfLoader().load(path, "application/pdf", path.name)
    return [page for page in pages if isinstance(page, ParsedPage)]


def load_rows(path: Path, rows: list[Row]) -> ParsedPage:
    """The only page of a PDF of 10-point cells: per row its y, then (x, text) of each cell."""
    [page] = load(write_pdf(path, [[(x, y, 10, text) for y, cells in rows for x, text in cells]]))
    return page


def blocks(page: ParsedPage, kind: BlockKind) -> list[Block]:
    return [block for block in page.blocks if block.kind is kind]


def texts(page: ParsedPage, kind: BlockKind) -> list[str]:
    return [page.text[block.start : block.end] for block in blocks(page, kind)]


def test_pdf_table_becomes_rows_with_its_header():
    page = load(SAMPLES / "product/aurora-s2-manual.pdf")[1]

    [table] = blocks(page, BlockKind.TABLE)
    rows = page.text[table.start : table.end].split("\n")

    assert table.header == "| Code | Meaning | What to do |\n| --- | --- | --- |"
    assert rows[3] == "| E02 | Reagent empty | Insert a new reagent set AS2-R12 |"
    assert len(rows) == 7


def test_pdf_table_with_an_empty_corner_keeps_figures_under_their_years():
    page = load(SAMPLES / "annual-report/annual-report-2025.pdf")[0]

    rows = texts(page, BlockKind.TABLE)[0].split("\n")

    assert rows[0] == "|  | 2025 | 2024 | Change |"
    assert rows[-1] == "| Employees at year end | 2,310 | 2,145 | +7.7 % |"


def test_chinese_pdf_table_becomes_rows():
    page = load(SAMPLES / "handbook/员工手册.pdf")[0]

    rows = texts(page, BlockKind.TABLE)[0].split("\n")

    assert rows[0] == "| 司龄 | 年休假天数 |"
    assert rows[-1] == "| 10年及以上 | 22天 |"


def test_header_of_a_pdf_table_is_repeated_when_the_table_is_cut(tmp_path):
    rows = [(700.0 - 14 * i, [(50.0, f"Part {i}"), (200.0, f"Bin {i % 7}")]) for i in range(40)]
    page = load_rows(tmp_path / "a.pdf", [(714.0, [(50.0, "Name"), (200.0, "Place")]), *rows])

    _, *later = chunk_pages([page], title="Store", target_tokens=120)

    assert later
    assert all("| Name | Place |" in chunk.context for chunk in later)


def test_wrapped_cell_and_empty_cell_stay_in_their_columns(tmp_path):
    page = load_rows(
        tmp_path / "a.pdf",
        [
            (700, [(50, "Code"), (120, "Meaning"), (300, "Action")]),
            (670, [(50, "E01"), (120, "No sample"), (300, "Check the inlet")]),
            (658, [(300, "and the filter")]),
            (640, [(50, "E02"), (300, "Call service")]),
        ],
    )

    rows = texts(page, BlockKind.TABLE)[0].split("\n")

    assert rows[2] == "| E01 | No sample | Check the inlet and the filter |"
    assert rows[3] == "| E02 |  | Call service |"


def test_name_over_two_columns_is_part_of_both(tmp_path):
    page = load_rows(
        tmp_path / "a.pdf",
        [
            (700, [(220, "Three months"), (420, "Six months")]),
            (686, [(200, "2023"), (280, "2022"), (400, "2023"), (480, "2022")]),
            (672, [(50, "Revenue"), (200, "$ 95"), (280, "$ 103"), (400, "$ 190"), (480, "$ 209")]),
            (658, [(50, "Profit"), (200, "22"), (280, "23"), (400, "43"), (480, "46")]),
        ],
    )

    header, _, first, _ = texts(page, BlockKind.TABLE)[0].split("\n")

    assert header.startswith("|  | Three months 2023 | Three months 2022 | Six months 2023 |")
    assert first == "| Revenue | $ 95 | $ 103 | $ 190 | $ 209 |"


def test_table_without_column_names_has_no_header(tmp_path):
    rows = [(700.0 - 14 * i, [(50.0, f"Item {i}"), (300.0, f"{9 - i},100")]) for i in range(4)]

    [table] = blocks(load_rows(tmp_path / "a.pdf", rows), BlockKind.TABLE)

    assert table.header == ""


@pytest.mark.parametrize(
    "rows",
    [
        [("Name:", "Sarah Johnson"), ("Location:", "New York"), ("Category:", "Distributor")],
        [("Preface", "3"), ("Creators", "21"), ("Founders", "85")],
        [("Preface ..........", "3"), ("Creators .........", "21"), ("End .............", "19")],
        [("and the end of the first column is", "here another column of prose goes on")] * 3,
    ],
    ids=["form", "contents", "leaders", "two columns of prose"],
)
def test_what_is_no_table_stays_text_with_a_line_for_each_row(tmp_path, rows):
    placed = [(700.0 - 14 * i, [(50.0, a), (330.0, b)]) for i, (a, b) in enumerate(rows)]

    page = load_rows(tmp_path / "a.pdf", placed)

    assert not texts(page, BlockKind.TABLE)
    assert page.text.split("\n") == [f"{a} {b}" for a, b in rows]


def test_numbered_line_on_its_own_is_a_heading():
    page = load(SAMPLES / "product/aurora-s2-manual.pdf")[1]

    found = {page.text[b.start : b.end]: b.level for b in blocks(page, BlockKind.HEADING)}

    assert found["4.2 Cleaning"] == 3
    assert found["4. Maintenance"] == 2


def test_numbered_items_and_clauses_stay_text(tmp_path):
    lines = ["1. Do this first", "2. Do that then", "2.1 Clause one", "2.2 Clause two", "The end."]
    page = load_rows(
        tmp_path / "a.pdf", [(700.0 - 12 * i, [(50.0, t)]) for i, t in enumerate(lines)]
    )

    assert not texts(page, BlockKind.HEADING)


def test_heading_is_known_by_its_size_on_the_page(tmp_path):
    """The font has size 1 everywhere; the matrix makes it larger."""
    lines = [(0.0, 0.0, 1.0, ") Tj ET BT /F1 1 Tf 20 0 0 20 50 700 Tm (Scaled title")]
    lines += [
        (0.0, 0.0, 1.0, f") Tj ET BT /F1 1 Tf 10 0 0 10 50 {650 - 12 * i} Tm (Plain words here.")
        for i in range(5)
    ]

    [page] = load(write_pdf(tmp_path / "a.pdf", [lines]))

    assert texts(page, BlockKind.HEADING) == ["Scaled title"]
