"""What a model may be called."""

import re

from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid
from apps.modelhub.models import Model, Profile
from apps.modelhub.sources import Source

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
RESERVED = frozenset({"kb", "general", "finance", "medical", "lite"})  # they mean something else


def name_for(wanted: str, source: Source) -> str:
    """The wanted name, or one out of the file's name, with a number where it is taken.

    Raises Invalid: no name for a model; Conflict: another model has the wanted one.
    """
    if not wanted:
        return _free(source.suggested_name)
    if not _NAME.fullmatch(wanted):
        raise Invalid(_("A model's name has letters, digits, “-” and “_” only."))
    if is_reserved(wanted):
        raise Invalid(_("“%(name)s” means something else already.") % {"name": wanted})
    if Model.objects.filter(name=wanted).exists():
        raise Conflict(
            _("There is a model “%(name)s” already: choose another name.") % {"name": wanted},
            code="name_taken",
        )
    return wanted


def is_reserved(name: str) -> bool:
    """Whether a request with that name would not mean a model."""
    return name in RESERVED or Profile.objects.filter(name=name).exists()


def _free(name: str) -> str:
    taken = set(Model.objects.filter(name__startswith=name).values_list("name", flat=True))
    number, free = 1, name
    while free in taken or is_reserved(free):
        number += 1
        free = f"{name[:95]}-{number}"
    return free
