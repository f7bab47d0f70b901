"""Splits Markdown (CommonMark with pipe tables, front matter, MDX) into pieces of clean text."""

import html
import re
from collections.abc import Iterator

from ingest.loaders.page_builder import Piece
from ingest.loaders.protocol import BlockKind

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r"^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_TABLE_RULE = re.compile(r"^ {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_ITEM = re.compile(r"^(\s*)([-*+•]|\d{1,9}[.)])(?:[ \t]+|$)")
_BLANK = re.compile(r"^[\s>]*$")
_QUOTE = re.compile(r"^ {0,3}>[ \t]?")
_MDX = re.compile(r"^(import|export) .*(from ['\"]|=)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)

_LONG_ALT = re.compile(r"!\[[^\]]{0,1000}\]\(")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(
    r"\[([^\[\]]*)\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+[\"'][^\"']*[\"'])?\)|\[[^\]]*\])"
)
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^>\s]+)>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][\w.-]*(?:\s[^<>]*)?/?>")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(
    r"\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*|(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"
)
_STRIKE = re.compile(r"~~(.+?)~~")
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_FOOTNOTE = re.compile(r"\[\^([^\]]+)\]:?")


def front_matter_title(text: str) -> str:
    """The `title:` of a YAML front matter, or an empty string."""
    front = _FRONT_MATTER.match(text)
    found = re.search(r"^title:[ \t]*(.+)$", front[1], re.MULTILINE) if front else None
    return found[1].strip().strip("\"'") if found else ""


def split_markdown(text: str) -> Iterator[Piece]:
    """Yield the pieces of a Markdown text in order; marks are removed, the words stay."""
    body = _COMMENT.sub("", _FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1))
    body = _LONG_ALT.sub(lambda match: " ".join(match[0].split()), body)
    yield from _Splitter(body.split("\n")).pieces()


def inline_text(text: str) -> str:
    """What a reader sees of a line of Markdown: no marks, links as their text."""
    codes: list[str] = []

    def keep(match: re.Match[str]) -> str:
        codes.append(match[2].strip())
        return f"\x00{len(codes) - 1}\x00"

    text = _CODE.sub(keep, text) if "`" in text else text
    if "[" in text:
        text = _FOOTNOTE.sub(r"", _IMAGE.sub(r"\1", text))
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", _AUTOLINK.sub(r"\1", text)))
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(lambda m: m[1] or m[2], _STRONG.sub(r"\2", _STRONG.sub(r"\2", text)))
    text = html.unescape(_ESCAPE.sub(r"\1", _STRIKE.sub(r"\1", text)))
    return re.sub("\x00(\\d+)\x00", lambda m: codes[int(m[1])], text) if codes else text


class _Splitter:
    """A line cursor; each method takes the lines of one kind of block."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    def pieces(self) -> Iterator[Piece]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if _BLANK.match(line) or _RULE.match(line) or _MDX.match(line):
                self.at += 1
            elif fence := _FENCE.match(line):
                yield self._code(fence[1])
            elif heading := _ATX.match(line):
                self.at += 1
                yield Piece(BlockKind.HEADING, inline_text(heading[2] or ""), len(heading[1]))
            elif self._at_table():
                yield self._table()
            elif _ITEM.match(line):
                yield self._list()
            else:
                yield self._paragraph()

    def _code(self, fence: str) -> Piece:
        start = self.at + 1
        end = start
        while end < len(self.lines) and not self.lines[end].strip().startswith(fence):
            end += 1
        self.at = end + 1
        return Piece(BlockKind.CODE, "\n".join(self.lines[start:end]))

    def _at_table(self) -> bool:
        following = self.at + 1
        return (
            "|" in self.lines[self.at]
            and following < len(self.lines)
            and "-" in self.lines[following]
            and _TABLE_RULE.match(self.lines[following]) is not None
        )

    def _table(self) -> Piece:
        rows = [_cells(self.lines[self.at])]
        self.at += 2
        while self.at < len(self.lines) and "|" in self.lines[self.at]:
            rows.append(_cells(self.lines[self.at]))
            self.at += 1
        return Piece(BlockKind.TABLE, rows=rows)

    def _list(self) -> Piece:
        taken: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip():
                following = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""
                if not (_ITEM.match(following) or (following[:2].isspace() and following.strip())):
                    break
            elif not _ITEM.match(line) and (
                self._interrupts() or not (line[:1].isspace() or taken[-1])
            ):
                break
            taken.append(_QUOTE.sub("", line.rstrip()))
            self.at += 1
        text = "\n".join(
            inline_text(line) for line in taken if line.strip() and not _FENCE.match(line)
        )
        return Piece(BlockKind.LIST, text)

    def _paragraph(self) -> Piece:
        taken: list[str] = []
        while self.at < len(self.lines):
            line = _QUOTE.sub("", self.lines[self.at])
            underline = _SETEXT.match(line)
            if taken and underline:
                self.at += 1
                return Piece(
                    BlockKind.HEADING, inline_text(" ".join(taken)), 1 if "=" in line else 2
                )
            if not line.strip() or (taken and (self._interrupts() or _ITEM.match(line))):
                break
            taken.append(line)
            self.at += 1
        return Piece(BlockKind.TEXT, inline_text(join_lines(taken)))

    def _interrupts(self) -> bool:
        line = self.lines[self.at]
        return bool(_FENCE.match(line) or _ATX.match(line) or _RULE.match(line)) or self._at_table()


def join_lines(lines: list[str]) -> str:
    """Join the lines of a paragraph: a space between words, nothing between Chinese characters."""
    text = ""
    for line in lines:
        stripped = line.strip()
        if not stripped:
            continue
        if line.rstrip("\n").endswith(("  ", "\\")):
            stripped = stripped.rstrip("\\") + "\n"
        if not text or text.endswith("\n") or (is_cjk(text[-1]) and is_cjk(stripped[0])):
            text += stripped
        else:
            text += " " + stripped
    return text.rstrip("\n")


def is_cjk(char: str) -> bool:
    """Whether a character belongs to a script that is written without spaces."""
    return (
        "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef"
    )


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [
        inline_text(cell.replace("\x00", "|").strip())
        for cell in inner.replace("\\|", "\x00").split("|")
    ]
