"""What each profile is for, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

DESCRIPTIONS: Mapping[str, Any] = {
    "general": _("Documents of any kind."),
    "finance": _("Accounts, banking, tax: figures with unit and period, terms in both languages."),
    "medical": _("Medicine and nursing: doses as written, terms in both languages."),
    "lite": _("The built-in reader alone, few passages: the fastest."),
}
