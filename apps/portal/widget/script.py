"""The script that pages of the intranet load, with its words in every language."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

SOURCE = Path(__file__).with_name("widget.js")
PLACE = '"WORDS"'


@cache
def script() -> str:
    """The whole script. What it says before the panel is there comes from our catalogs."""
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = _words()
    return SOURCE.read_text(encoding="utf-8").replace(
        PLACE, json.dumps(words, ensure_ascii=False), 1
    )


@cache
def etag() -> str:
    """Changes with the script."""
    return f'"{hashlib.sha256(script().encode()).hexdigest()[:16]}"'


def _words() -> dict[str, str]:
    return {
        "open": _("Ask a question"),
        "title": _("Assistant"),
        "close": _("Close"),
        "again": _("Try again"),
        "wait": _("One moment…"),
        "refused": _("This page may not show the assistant. Ask its administrator."),
        "unreachable": _("The assistant cannot be reached at the moment."),
        "blocked": _("The assistant did not open. The page's own rules may stop it."),
    }
