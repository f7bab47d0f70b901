"""How figures, runs and slices are told on the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.adminsite import pill
from apps.evaluation.candidates import described
from apps.evaluation.models import EvaluationRun
from apps.evaluation.scoring import MEANINGS, MULTI_HOP, NAMES, TABLE, UNANSWERABLE
from apps.evaluation.setups import NAMES as PARTS

State = EvaluationRun.State
HEAD = ("recall_at_10", "mrr", "f1", "citation_precision", "refusal_accuracy")
COLUMNS = ("recall_at_10", "mrr", "f1", "refusal_accuracy")
TONES: Mapping[str, str] = {
    State.QUEUED: "busy",
    State.RUNNING: "busy",
    State.DONE: "good",
    State.STOPPED: "quiet",
    State.FAILED: "bad",
}
_KINDS: Mapping[str, Any] = {
    TABLE: gettext_lazy("Answer in a table"),
    MULTI_HOP: gettext_lazy("Several documents needed"),
    UNANSWERABLE: gettext_lazy("Without an answer"),
}
_LANGUAGES: Mapping[str, Any] = {
    "en": gettext_lazy("English"),
    "zh": gettext_lazy("Chinese"),
    "mixed": gettext_lazy("Chinese with foreign words"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is shown. `low`, `high`: empty where it has no interval."""

    key: str
    name: str
    meaning: str
    value: str
    low: str
    high: str
    n: int


def figures_of(told: Mapping[str, Any], names: Sequence[str] = tuple(NAMES)) -> list[Figure]:
    """Those of the names that there are, in that order, as per cent."""
    return [
        Figure(
            name,
            str(NAMES[name]),
            str(MEANINGS[name]),
            percent(told[name]["value"]),
            percent(told[name]["low"]),
            percent(told[name]["high"]),
            int(told[name]["n"]),
        )
        for name in names
        if name in told
    ]


def percent(share: float) -> str:
    """A share as per cent with one place."""
    return f"{100 * share:.1f}%"


def slice_name(key: str) -> str:
    """What a slice is called."""
    kind, _sep, value = key.partition(":")
    if kind == "language":
        return str(_LANGUAGES.get(value, value))
    if kind == "format":
        return value.upper()
    if kind == "tag":
        return f"#{value}"
    return str(_KINDS.get(key, key))


def state_pill(run: EvaluationRun) -> SafeString:
    """Its state; while it is at work with how far it is."""
    words = str(run.get_state_display()).capitalize()
    if run.state in (State.QUEUED, State.RUNNING):
        words += f" {run.done} / {run.total}"
    return pill(TONES[run.state], words)


def why_of(run: EvaluationRun) -> str:
    """Why it was asked, and with what."""
    parts = [str(run.get_cause_display()).capitalize()]
    if tried := described(run.candidate):
        parts.append(_("tried: %(what)s") % {"what": tried})
    if run.changes:
        parts.append(", ".join(str(PARTS.get(one, one)) for one in run.changes))
    return " · ".join(parts)
