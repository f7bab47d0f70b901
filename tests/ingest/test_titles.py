"""Titles that files state of themselves."""

import pytest

from ingest.titles import stated_title


@pytest.mark.parametrize(
    "title",
    [
        "(anonymous)",
        "Untitled",
        "Untitled (2)",
        "Document1",
        "PowerPoint 演示文稿",
        "PowerPoint Presentation",
        "Microsoft Word - letter to all",
        "annual report final.indd",
        "0000764478-23-000041",
        " - ",
    ],
)
def test_what_a_program_puts_there_is_no_title(title):
    assert stated_title(title) == ""


@pytest.mark.parametrize("title", ["Free Culture", "2025年度报告", "Document retention", "S2 V1.2"])
def test_what_somebody_wrote_is_a_title(title):
    assert stated_title(f" {title}\n") == title
