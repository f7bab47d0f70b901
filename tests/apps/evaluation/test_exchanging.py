"""Golden questions from and into CSV, XLSX and JSON lines: rights, errors by line, no formulas."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from apps.core.errors import Invalid, TooLarge
from apps.evaluation import sheets
from apps.evaluation.exchanging import golden_questions_export, golden_questions_import
from apps.evaluation.golden_sets import golden_set_default
from apps.evaluation.models import GoldenQuestion
from apps.knowledge.models import DocumentGrant, Grant, Permission
from tests.factories import CollectionFactory, DocumentFactory, UserFactory

CSV = "问题,答案,文档,标签\n住宿费标准是多少？,500元|每晚500元,travel.txt,差旅\nWho?,,,\n"


@pytest.fixture
def golden(db):
    collection = CollectionFactory()
    for path in ("travel.txt", "secret.txt"):
        DocumentFactory(collection=collection, path=path)
    return golden_set_default(collection)


@pytest.fixture
def curator(golden):
    person = UserFactory()
    Grant.objects.create(collection=golden.collection, user=person, permission=Permission.MANAGE)
    secret = golden.collection.documents.get(path="secret.txt")
    DocumentGrant.objects.create(document=secret, user=person, is_denied=True)
    return person


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_chinese_tables_are_read_as_spreadsheets_write_them(encoding):
    first, second = sheets.read("q.csv", CSV.encode(encoding))

    assert first.answers == ("500元", "每晚500元")
    assert (first.documents, first.tags) == (("travel.txt",), ("差旅",))
    assert (second.line, second.question, second.answers) == (3, "Who?", ())


def test_a_workbook_is_read_with_its_numbers():
    content = workbook(["Question", "Answer", "Path"], ["How many?", 25.0, "leave.txt"])

    (row,) = sheets.read("q.xlsx", content)

    assert (row.question, row.answers, row.line) == ("How many?", ("25",), 2)


def test_lines_of_json_are_read_and_bad_ones_told():
    lines = b'{"question": "Who?", "answers": ["A|B"], "relevant": ["x.txt"]}\nnonsense\n'

    good, bad = sheets.read("q.jsonl", lines)

    assert good.answers == ("A|B",)
    assert (bad.line, bool(bad.problem)) == (2, True)


@pytest.mark.parametrize(
    ("name", "content"),
    [("q.pdf", b""), ("q.csv", b"a,b\n1,2\n"), ("q.xlsx", b"PK\x03\x04 broken"), ("q.xlsx", b"")],
)
def test_what_is_no_table_of_questions_is_refused(name, content):
    with pytest.raises(Invalid):
        sheets.read(name, content)


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", bytes(sheets.MOST_UNPACKED + 1))

    with pytest.raises(TooLarge):
        sheets.read("q.xlsx", packed.getvalue())


def test_a_small_workbook_cannot_be_a_huge_table(monkeypatch):
    looked_at = []
    monkeypatch.setattr(sheets, "_cell", lambda value: looked_at.append(value) or str(value or ""))
    book = Workbook()
    book.worksheets[0].append(["question"])
    book.worksheets[0]["XFD2000"] = "far away"
    packed = io.BytesIO()
    book.save(packed)

    assert sheets.read("far.xlsx", packed.getvalue()) == []
    assert len(looked_at) <= 2 * sheets.MOST_COLUMNS


def test_each_line_is_judged_by_itself(golden, curator):
    rows = sheets.read("q.csv", CSV.encode() + b"What?,answer,missing.txt,\n,,,x\n")

    told = golden_questions_import(golden_set=golden, rows=rows, by=curator)

    assert told.added == 2
    assert [line for line, _ in told.problems] == [4, 5]
    assert GoldenQuestion.objects.get(text="Who?").origin == "import"


def test_a_document_that_may_not_be_read_is_told_as_one_that_is_not_there(golden, curator):
    table = b"question,answers,documents\nA?,a,secret.txt\nB?,b,missing.txt\n"

    told = golden_questions_import(golden_set=golden, rows=sheets.read("q.csv", table), by=curator)

    (_, hidden), (_, missing) = told.problems
    assert hidden.replace("secret", "missing") == missing


def test_the_same_words_are_changed_not_repeated(golden, curator):
    rows = sheets.read("q.csv", CSV.encode())
    golden_questions_import(golden_set=golden, rows=rows, by=curator)
    changed = sheets.read("q.csv", CSV.replace("差旅", "费用").encode())

    told = golden_questions_import(golden_set=golden, rows=changed, by=curator)

    assert (told.added, told.changed, told.same) == (0, 1, 1)


def test_a_look_beforehand_writes_nothing(golden, curator):
    rows = sheets.read("q.csv", CSV.encode())

    told = golden_questions_import(golden_set=golden, rows=rows, by=curator, is_trial=True)

    assert (told.added, GoldenQuestion.objects.count()) == (2, 0)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
def test_what_goes_out_comes_in_as_it_was(golden, curator, suffix):
    rows = sheets.read("q.csv", CSV.encode() + "=1+1?,-5 °C,travel.txt,\n".encode())
    golden_questions_import(golden_set=golden, rows=rows, by=curator)
    before = list(golden_questions_export(golden_set=golden, by=curator))

    again = sheets.read(f"q{suffix}", sheets.write(suffix, before))

    assert [row.question for row in again] == [row["question"] for row in before]
    assert [list(row.answers) for row in again] == [row["answers"] for row in before]


def test_no_cell_of_an_export_is_a_formula(golden, curator):
    told = [{"id": "1", "question": "=HYPERLINK(1)", "answers": ["＠x"], "documents": [],
             "tags": ["+1"], "passage": "-1"}]  # fmt: skip
    book = load_workbook(io.BytesIO(sheets.write(".xlsx", told)))

    cells = [cell for cell in book.worksheets[0][2] if cell.value]

    assert {cell.data_type for cell in cells} == {"s"}
    assert all(str(cell.value).startswith("'") for cell in cells)
