"""Backups in the words of pages."""

from django.utils.translation import gettext

from apps.ops.backup_records import Backup


def reason_words(row: Backup) -> str:
    """Why it failed, or what it lacks; empty: neither."""
    if told := row.figures.get("told"):
        words: str = gettext(told["text"]) % told["values"]
        return words
    return gettext(row.message) if row.message else ""
