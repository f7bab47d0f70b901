"""Whether backups are made: for the administrator's home."""

from datetime import datetime

from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock
from apps.ops.backups.outlook import Outlook, outlook
from apps.ops.backups.words import reason_words
from apps.ops.checks import Check

NAME, ICON = gettext_lazy("Backup"), "backup"
PAGE = "admin:ops_backup_changelist"


def backups() -> Check:
    """How the last one went, and whether one is missing."""
    seen = outlook()
    if seen.is_running:
        return Check(NAME, ICON, "busy", _("Being made"), page=PAGE)
    if seen.failed is not None:
        advice = _("The last backup could not be made: %(reason)s")
        words = advice % {"reason": reason_words(seen.failed)}
        return Check(NAME, ICON, "bad", _("Failed"), words, PAGE)
    if seen.made_at is None:
        words = _("None yet") if seen.is_asked_for else _("None is made. See backup.to.")
        return Check(NAME, ICON, "quiet", words, page=PAGE)
    return _made(seen, seen.made_at)


def _made(seen: Outlook, made_at: datetime) -> Check:
    words = _("%(time)s ago") % {"time": timesince(made_at, clock.now(), depth=1)}
    if seen.is_late:
        advice = _("The daily backup is not made. Look at: clawdbot logs worker-parse.")
        return Check(NAME, ICON, "warn", words, advice, PAGE)
    if seen.lacking is not None:
        return Check(NAME, ICON, "warn", words, reason_words(seen.lacking), PAGE)
    return Check(NAME, ICON, "good", words, page=PAGE)
