"""Whether the title that a file states of itself is one that somebody gave it."""

import re

# What programs put where nobody wrote a title; without a number behind, in small letters.
_PLACEHOLDERS = frozenset(
    {
        "(anonymous)",
        "anonymous",
        "blank",
        "book",
        "default",
        "document",
        "doc",
        "new microsoft word document",
        "no title",
        "none",
        "null",
        "powerpoint presentation",
        "powerpoint-präsentation",
        "powerpoint 演示文稿",
        "powerpoint 簡報",
        "powerpoint プレゼンテーション",
        "presentation",
        "presentation title",
        "print",
        "scan",
        "scanned document",
        "slide",
        "title",
        "unknown",
        "unspecified",
        "untitled",
        "untitled document",
        "untitled presentation",
        "untitled spreadsheet",
        "word document",
        "workbook",
        "幻灯片",
        "投影片",
        "文档",
        "文件",
        "无标题",
        "無標題",
        "未命名",
        "标题",
        "標題",
        "新建 microsoft word 文档",
        "演示文稿",
        "簡報",
    }
)
_PRINTED_FROM = re.compile(r"^microsoft (?:word|excel|powerpoint|office \w+) - ", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"\.(?:docx?|docm|dotx?|rtf|odt|wps|xlsx?|xlsm|et|pptx?|pptm|dps|pdf|indd|qxd|pmd|ai|psd|vsdx?|"
    r"tex|dvi|ps|eps|tmp|jpe?g|png|tiff?|html?|txt|fm|pages|key|numbers)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:[\s_-]*\d+|\s*\(\d+\))$")
_LETTER = re.compile(r"[^\W\d_]")


def stated_title(title: str) -> str:
    """`title` on one line; empty where it says nothing: what a program puts there by itself
    ("untitled", "PowerPoint Presentation"), a number, the name of a file it was made from."""
    plain = " ".join(title.split())
    if not _LETTER.search(plain) or _PRINTED_FROM.match(plain) or _FILE_NAME.search(plain):
        return ""
    return "" if _COUNTED.sub("", plain).casefold() in _PLACEHOLDERS else plain
