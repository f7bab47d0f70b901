"""Whether the language models that are wanted can be asked."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.ops.checks import Check
from apps.ops.model_keeping.overview import Served, unknown_names
from apps.ops.model_keeping.servers import State


def model_servers(found: Sequence[Served]) -> list[Check]:
    """Only where models are named or wanted: the built-in reader needs none."""
    unknown = unknown_names()
    if unknown:
        words = _("%(names)s: not there") % {"names": ", ".join(unknown)}
        advice = _("serving.models names a model that nobody has added: clawdbot model add.")
        return [_check("bad", words, advice)]
    if not found:
        return []
    bad = [one for one in found if one.tone == "bad" and one.is_pinned]
    silent = [one for one in found if one.is_silent]
    if bad:
        return [_check("bad", _names(bad), bad[0].reason)]
    if silent:
        advice = _("The keeper of models does not run. Start it: clawdbot start.")
        return [_check("bad", _names(silent), advice)]
    return [_held(found)]


def _held(found: Sequence[Served]) -> Check:
    ready = sum(one.state == State.READY for one in found)
    loading = sum(one.tone == "busy" for one in found)
    words = ngettext("%(n)s model answers", "%(n)s models answer", ready) % {"n": ready}
    return _check("busy" if loading else "good", words if ready else _("None is loaded"))


def _names(found: Sequence[Served]) -> str:
    return ", ".join(f"{one.model} ({one.state_words})" for one in found)


def _check(tone: str, words: str, advice: str = "") -> Check:
    return Check(gettext_lazy("Model servers"), "smart_toy", tone, words, advice)
