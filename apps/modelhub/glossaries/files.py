"""Glossaries as tables: a row `English ⇥ Chinese ⇥ other | names ⇥ meaning` for each term."""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.modelhub.glossaries.glossary import Glossary
from apps.modelhub.glossaries.terms import GlossaryTerm

MOST_TERMS = 20_000
_CELLS = 4
_LONGEST_NAME, _LONGEST_NOTE, _MOST_OTHERS = 200, 500, 30
_MOST_PROBLEMS = 50  # that are told
_AMBIGUOUS = "?"
_HEADINGS = {"en", "english", "英文", "英語", "英语"}
_FOLDER = Path(__file__).parent


@cache
def shipped_terms(name: str) -> tuple[GlossaryTerm, ...]:
    """The terms that come with the product for a profile; none where it has no glossary."""
    path = _FOLDER / f"{name}.tsv"
    return tuple(terms_read(path.read_text("utf-8"))) if path.exists() else ()


@cache
def shipped_glossary(name: str) -> Glossary:
    """The glossary of those terms. Building it takes tens of milliseconds, once."""
    return Glossary(shipped_terms(name))


def terms_read(text: str) -> list[GlossaryTerm]:
    """The terms of a table, separated by tabs or (where its first line has none) by commas.

    Empty lines, lines that begin with `#` and a line of headings are passed over. A name with `?`
    behind it may also mean something else. Raises Invalid, whose details name each bad line.
    """
    terms, problems = list[GlossaryTerm](), list[str]()
    for number, cells in _rows(text):
        try:
            terms.append(_term(cells))
        except ValueError as error:
            problems.append(_("Line %(line)s: %(problem)s") % {"line": number, "problem": error})
    if len(terms) > MOST_TERMS:
        problems.append(_("A glossary may have %(most)s terms.") % {"most": f"{MOST_TERMS:,}"})
    if problems:
        raise Invalid(_("Some lines are not terms."), details={"lines": problems[:_MOST_PROBLEMS]})
    return terms


def terms_written(terms: Iterable[GlossaryTerm]) -> str:
    """The table of the terms, separated by tabs; `terms_read` reads it again."""
    return "".join("\t".join(_cells(term)).rstrip("\t") + "\n" for term in terms)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that says something, with its number."""
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    is_commas = "\t" not in first and "," in first
    reader = (
        csv.reader(lines)
        if is_commas
        else csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    )
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells) and not cells[0].startswith("#") and cells[0].lower() not in _HEADINGS:
            yield reader.line_num, cells


def _term(cells: list[str]) -> GlossaryTerm:
    """Raises ValueError, in the reader's language."""
    if len(cells) > _CELLS:
        raise ValueError(_("there are more than four columns."))
    if any(not char.isprintable() for cell in cells for char in cell):
        raise ValueError(_("there are characters that cannot be printed."))
    en, zh, others, note = (*cells, *[""] * (_CELLS - len(cells)))
    marked = [name.strip() for name in (en, zh, *others.replace("｜", "|").split("|"))]
    names = [name.removesuffix(_AMBIGUOUS).strip() for name in marked]
    if not any(names[:2]):
        raise ValueError(_("there is neither an English nor a Chinese name."))
    if len(names) > _MOST_OTHERS or max(map(len, names)) > _LONGEST_NAME:
        raise ValueError(_("a name is too long, or there are too many."))
    if len(note) > _LONGEST_NOTE:
        raise ValueError(_("the meaning is too long."))
    return GlossaryTerm(
        en=names[0],
        zh=names[1],
        others=tuple(dict.fromkeys(name for name in names[2:] if name)),
        note=note,
        ambiguous=frozenset(name for name, mark in zip(names, marked, strict=True) if name != mark),
    )


def _cells(term: GlossaryTerm) -> tuple[str, str, str, str]:
    en, zh, *others = (
        f"{name}{_AMBIGUOUS}" if name in term.ambiguous else name
        for name in (term.en, term.zh, *term.others)
    )
    return en, zh, " | ".join(others), term.note
