"""Makes the sample files (docx, xlsx, pptx, pdf, html, md, eml) from samples/sources.

The files are committed; run this after changing a source:
    pip install -r samples/requirements.txt && apt-get install chromium fonts-noto-cjk
    python samples/build.py
"""

import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from docx import Document
from markdown_it import MarkdownIt
from markdown_it.token import Token
from openpyxl import Workbook
from openpyxl.styles import Font
from pptx import Presentation

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
MARKDOWN = MarkdownIt("commonmark").enable("table")
STYLE = """
body { font: 11pt/1.5 "Noto Sans CJK SC", sans-serif; margin: 0; color: #222 }
h1 { font-size: 20pt } h2 { font-size: 14pt; break-after: avoid } h3 { font-size: 12pt }
table { border-collapse: collapse; break-inside: avoid }
td, th { border: 1px solid #999; padding: 3px 10px; text-align: left }
@page { size: A4; margin: 22mm 20mm }
"""

HOTEL_LIMITS = (
    "Hotel limits",
    ["City", "Tier", "Limit per night (CNY)", "Limit for heads of department (CNY)"],
    [
        ["Beijing", "A", 600, 850],
        ["Shanghai", "A", 650, 900],
        ["Shenzhen", "A", 600, 850],
        ["Guangzhou", "A", 550, 800],
        ["Hangzhou", "B", 480, 680],
        ["Chengdu", "B", 450, 650],
        ["Suzhou", "B", 450, 650],
        ["Other cities", "C", 350, 500],
    ],
)
HOTEL_LIMITS_ZH = (
    "住宿标准",
    ["城市", "级别", "每晚限额（元）", "部门负责人限额（元）"],
    [
        ["北京", "一类", 600, 850],
        ["上海", "一类", 650, 900],
        ["深圳", "一类", 600, 850],
        ["广州", "一类", 550, 800],
        ["杭州", "二类", 480, 680],
        ["成都", "二类", 450, 650],
        ["苏州", "二类", 450, 650],
        ["其他城市", "三类", 350, 500],
    ],
)
QUARTERS = (
    "Quarters 2025",
    ["Quarter", "Revenue (million CNY)", "Operating profit (million CNY)", "Devices sold"],
    [
        ["Q1", 322, 41, 3950],
        ["Q2", 361, 52, 4480],
        ["Q3", 378, 55, 4710],
        ["Q4", 425, 65, 5260],
    ],
)
PRODUCTS = (
    "产品销量",
    ["产品", "2025年销量（台）", "2024年销量（台）", "平均售价（元）"],
    [
        ["极光S2", 9200, 7600, 46000],
        ["极光S5", 3100, 2950, 88000],
        ["海风P1", 4400, 4700, 31000],
        ["静流M3", 1700, 1500, 125000],
    ],
)
SLIDES = [
    ("Aurora S2: sales training", ["For sales partners, spring 2026", "极光S2销售培训"]),
    (
        "Why customers buy the Aurora S2",
        [
            "One measurement takes four minutes; the nearest rival needs eleven",
            "Four parameters with one sample of 180 ml",
            "Cost per measurement: 1.90 CNY",
            "No network needed; results are kept for 24 months",
        ],
    ),
    (
        "Prices and discounts",
        [
            "List price 46,000 CNY; the hardness module AS2-M4 costs 5,400 CNY",
            "Partners receive 18 % discount, 22 % from 50 devices a year",
            "Discounts above 25 % need the approval of the head of sales",
        ],
    ),
    (
        "常见竞争问题",
        [
            "对手的试剂每次测量成本为3.60元，极光S2仅为1.90元",
            "演示机可免费试用30天",
            "学校和科研机构享受八五折优惠",
        ],
    ),
]
WELCOME = """Dear Ms Okafor,

welcome to Lanhai Instruments. Your first day is Monday, 2 March 2026. Please come to gate 3,
Taihu Road 88, Suzhou, at 09:00 and bring your identity card and your bank details.

Your mentor is Mr Luo Jian from the optics laboratory (extension 4127). Your laptop is handed out
by the service desk in room B-114 between 10:00 and 11:30. The canteen serves lunch from 11:45 to
13:15; a meal costs 18 CNY and is paid with your badge.

The safety training for new colleagues takes place on 4 March at 14:00 in room C-201. Without it you
may not enter the laboratories.

Kind regards
Fang Min, Human Resources
"""
LIMIT_CHANGE = """各位同事：

根据财务制度F-12，自2026年7月1日起，上海的住宿标准由每晚650元调整为每晚700元，北京调整为每晚680元，
其他城市不变。7月1日之前已经预订的，仍按原标准报销。

从同日起，网约车费用单次超过100元的，须在报销单中注明起点、终点和事由。

如有疑问，请联系财务共享中心（分机4300）。

财务部 周静怡
2026年6月12日
"""


def main() -> None:
    """Write every sample file."""
    _docx("employee-handbook.md", "handbook/employee-handbook.docx")
    _docx("差旅与报销制度.md", "finance/差旅与报销制度.docx")
    _docx("2025年年度报告摘要.md", "annual-report/2025年年度报告摘要.docx")
    _pdf("员工手册.md", "handbook/员工手册.pdf")
    _pdf("aurora-s2-manual.md", "product/aurora-s2-manual.pdf")
    _pdf("annual-report-2025.md", "annual-report/annual-report-2025.pdf")
    _html("极光S2使用手册.md", HERE / "product/极光S2使用手册.html", "zh-CN")
    _html("travel-and-expense-policy.md", HERE / "finance/travel-and-expense-policy.html", "en")
    shutil.copy(SOURCES / "aurora-s2-faq.md", HERE / "product/aurora-s2-faq.md")
    _xlsx([HOTEL_LIMITS, HOTEL_LIMITS_ZH], "finance/expense-limits.xlsx")
    _xlsx([QUARTERS, PRODUCTS], "annual-report/key-figures-2025.xlsx")
    _pptx(SLIDES, "product/aurora-s2-training.pptx")
    _eml("Welcome to Lanhai Instruments", WELCOME, datetime(2026, 2, 16, 9, 30, tzinfo=UTC),
         "handbook/welcome.eml")  # fmt: skip
    _eml("关于调整住宿标准的通知", LIMIT_CHANGE, datetime(2026, 6, 12, 2, 0, tzinfo=UTC),
         "finance/住宿标准调整通知.eml")  # fmt: skip


def _docx(source: str, target: str) -> None:
    document = Document()
    tokens = MARKDOWN.parse((SOURCES / source).read_text())
    row: list[str] = []
    rows: list[list[str]] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and before is not None:
            _docx_text(document, before, token, row)
        elif token.type == "tr_close":
            rows.append(row)
            row = []
        elif token.type == "table_close":
            _docx_table(document, rows)
            rows = []
    document.core_properties.title = tokens[1].content
    document.core_properties.author = "Lanhai Instruments"
    document.save(HERE / target)


def _docx_text(document: Document, opening: Token, token: Token, row: list[str]) -> None:
    if opening.type in {"th_open", "td_open"}:
        row.append(token.content)
    elif opening.type == "heading_open":
        document.add_heading(token.content, level=int(opening.tag[1]))
    else:
        style = "List Bullet" if opening.level > 1 else None
        document.add_paragraph(token.content, style=style)


def _docx_table(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _html(source: str, target: Path, language: str) -> None:
    text = (SOURCES / source).read_text()
    title = text.splitlines()[0].removeprefix("# ")
    target.write_text(
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{MARKDOWN.render(text)}</body>\n</html>\n"
    )


def _pdf(source: str, target: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        _html(source, page, "zh-CN")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", f"--user-data-dir={folder}/profile",
             "--no-pdf-header-footer", f"--print-to-pdf={HERE / target}", page.as_uri()],
            check=True,
        )  # fmt: skip


def _xlsx(sheets: list[tuple[str, list[str], list[list[str | int]]]], target: str) -> None:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, header, rows in sheets:
        sheet = workbook.create_sheet(name)
        sheet.append(header)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for row in rows:
            sheet.append(row)
    workbook.save(HERE / target)


def _pptx(slides: list[tuple[str, list[str]]], target: str) -> None:
    deck = Presentation()
    for title, lines in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(lines)
    deck.core_properties.title = slides[0][0]
    deck.save(HERE / target)


def _eml(subject: str, body: str, sent: datetime, target: str) -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Lanhai Instruments <office@lanhai.example>"
    message["To"] = "All staff <staff@lanhai.example>"
    message["Date"] = format_datetime(sent)
    message.set_content(body)
    (HERE / target).write_bytes(message.as_bytes())


if __name__ == "__main__":
    main()
