"""Whether something unusual waits for somebody: for the administrator's home."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.core import config
from apps.ops.anomalies.selectors import open_count
from apps.ops.checks import Check

NAME, ICON = gettext_lazy("Anomalies"), "crisis_alert"
PAGE = "admin:ops_anomaly_changelist"


def anomalies() -> Check:
    """How many are open. One query."""
    if not config.load().anomalies.enabled:
        return Check(NAME, ICON, "quiet", _("Not looked for. See anomalies.enabled."), page=PAGE)
    count = open_count()
    if not count:
        return Check(NAME, ICON, "good", _("Nothing unusual."), page=PAGE)
    words = ngettext("%(n)s is open", "%(n)s are open", count) % {"n": count}
    advice = _("Unusual requests wait for somebody who looks at them.")
    return Check(NAME, ICON, "warn", words, advice, PAGE)
