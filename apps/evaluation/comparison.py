"""What two embedding models were measured with, side by side and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_ALIKE = 0.05  # of times and sizes: what two runs of the same differ by
NAMES: Mapping[str, Any] = {
    "recall_at_5": gettext_lazy("A right document among the first five"),
    "mrr": gettext_lazy("How far up the first right one stands (MRR)"),
    "dense_recall_at_5": gettext_lazy("Among the first five by meaning alone"),
    "search_p50_ms": gettext_lazy("Half of the searches take at most"),
    "search_p95_ms": gettext_lazy("19 of 20 searches take at most"),
    "vector_bytes": gettext_lazy("Size of a vector"),
    "index_bytes": gettext_lazy("Size of the index on this node"),
    "texts": gettext_lazy("Texts with a vector"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of both, and their difference in words. `tone`: good, warn or quiet."""

    name: str
    old: str
    new: str
    words: str
    tone: str


def compared(old: Mapping[str, float], new: Mapping[str, float]) -> list[Row]:
    """The figures that both have, in a fixed order: `old` of the model in use."""
    return [
        _row(key, float(old[key]), float(new[key])) for key in NAMES if key in old and key in new
    ]


def verdict(rows: Sequence[Row]) -> str:
    """The differences that matter on one line; empty without any."""
    return "; ".join(f"{row.name}: {row.words}" for row in rows if row.tone != "quiet")


def _row(key: str, old: float, new: float) -> Row:
    if key.endswith("_ms"):
        words, tone = _slower(old, new)
        return Row(str(NAMES[key]), _ms(old), _ms(new), words, tone)
    if key.endswith("_bytes"):
        words, tone = _larger(old, new)
        return Row(str(NAMES[key]), filesizeformat(old), filesizeformat(new), words, tone)
    if key == "texts":
        words, tone = _fewer(old, new)
        return Row(str(NAMES[key]), f"{old:.0f}", f"{new:.0f}", words, tone)
    words, tone = _better(old, new)
    return Row(str(NAMES[key]), _percent(old), _percent(new), words, tone)


def _better(old: float, new: float) -> tuple[str, str]:
    points = round(100 * (new - old), 1)
    if not points:
        return _("the same"), "quiet"
    if points > 0:
        return _("%(n)s points better") % {"n": f"{points:g}"}, "good"
    return _("%(n)s points worse") % {"n": f"{-points:g}"}, "warn"


def _slower(old: float, new: float) -> tuple[str, str]:
    if abs(new - old) <= _ALIKE * max(old, new):
        return _("much the same"), "quiet"
    if new < old:
        return _("%(ms)s faster") % {"ms": _ms(old - new)}, "good"
    return _("%(ms)s slower") % {"ms": _ms(new - old)}, "warn"


def _larger(old: float, new: float) -> tuple[str, str]:
    if not old or abs(new - old) <= _ALIKE * max(old, new):
        return _("much the same"), "quiet"
    share = round(100 * abs(new - old) / old)
    if new < old:
        return _("%(n)s %% smaller") % {"n": share}, "good"
    return _("%(n)s %% larger") % {"n": share}, "warn"


def _fewer(old: float, new: float) -> tuple[str, str]:
    if new >= old:
        return _("all of them"), "quiet"
    return _("%(n)s are missing") % {"n": f"{old - new:.0f}"}, "warn"


def _ms(value: float) -> str:
    return f"{value:.1f} ms"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
