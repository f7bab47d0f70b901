"""The design system's colours: dark twice the same, text that can be read in both themes.

Contrast: WCAG 2.2, 1.4.3 (text: 4.5) and 1.4.11 (edges of fields, marks of the focus: 3).
"""

import re
from itertools import product

import pytest

from tests.installation import ROOT

CSS = (ROOT / "apps/portal/static/portal/portal.css").read_text(encoding="utf-8")
LIGHT, CHOSEN, SYSTEM = ":root {", ':root[data-theme="dark"] {', ':root[data-theme="auto"] {'
GROUNDS = ("ground", "sunken", "card")
TONES = ("good", "warn", "bad", "busy")
TEXTS = [
    *product(("text", "faint", "accent", "accent-strong"), GROUNDS),
    *product(("text", "accent-strong"), ("accent-soft",)),
    *product(("on-accent",), ("accent", "accent-strong")),
    *((tone, f"{tone}-soft") for tone in TONES),
    *product(TONES, GROUNDS),
    ("mark-text", "mark"),
    ("ground", "text"),  # toasts
    ("card", "bad"),
]
EDGES = [*product(("line-strong", "accent"), GROUNDS)]


def tokens(opening):
    """The custom properties of one block, and its colour scheme."""
    block = CSS[CSS.index(opening) + len(opening) :]
    pairs = re.findall(r"^\s*(?:--)?([a-z-]+):\s*([^;]+);", block[: block.index("}")], re.MULTILINE)
    return dict(pairs)


def luminance(colour):
    """Relative luminance of #rrggbb."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


THEMES = {"light": tokens(LIGHT), "dark": tokens(LIGHT) | tokens(CHOSEN)}


def test_a_dark_system_looks_like_dark_that_was_chosen():
    assert tokens(CHOSEN) == tokens(SYSTEM)


def test_dark_changes_every_colour():
    colours = {name for name, value in THEMES["light"].items() if value.startswith(("#", "rgb"))}

    assert colours <= tokens(CHOSEN).keys()


def test_every_colour_that_is_used_exists():
    used = {
        name
        for path in (ROOT / "apps/portal/static/portal").rglob("*.css")
        if "vendor" not in path.parts
        for name in re.findall(r"var\(--([a-z-]+)\)", path.read_text(encoding="utf-8"))
    }
    own = {
        name
        for path in (ROOT / "apps/portal/static/portal").rglob("*.css")
        for name in re.findall(r"--([a-z-]+):", path.read_text(encoding="utf-8"))
    }

    assert used <= own


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS, ids=str)
def test_text_can_be_read(theme, text, ground):
    assert contrast(THEMES[theme][text], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES, ids=str)
def test_edges_can_be_seen(theme, edge, ground):
    assert contrast(THEMES[theme][edge], THEMES[theme][ground]) >= 3
