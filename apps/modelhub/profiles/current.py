"""The profiles of now: the shipped ones with the administrator's changes.

Every process looks at the rows once a second at most, and at the terms of a profile only when its
row says that they changed.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.modelhub.models import Profile
from apps.modelhub.profiles.merging import merged
from apps.modelhub.profiles.own_terms import glossary_with
from apps.modelhub.profiles.shipped import NAMES, shipped_profile
from apps.modelhub.profiles.spec import ProfileSpec

KEPT_S = 1.0


@dataclass(frozen=True, slots=True)
class _Kept:
    """All profiles as they were at a time, with the revisions of their rows."""

    read_at_s: float
    revisions: Mapping[str, int]
    specs: Mapping[str, ProfileSpec]


_kept: _Kept | None = None
Change = Callable[[ProfileSpec], ProfileSpec]
_tried: ContextVar[Change | None] = ContextVar("tried", default=None)


def profile_require(name: str) -> None:
    """Raises Invalid, naming those there are, for a name of none. Asks no database."""
    if name not in NAMES:
        raise Invalid(
            _("There is no profile “%(name)s”. There are: %(names)s.")
            % {"name": name[:32], "names": ", ".join(NAMES)}
        )


def profile_for(name: str) -> ProfileSpec:
    """The profile of that name, at most a second old. One query a second, one more for each
    profile that changed. Raises Invalid, naming those there are."""
    profile_require(name)
    global _kept  # noqa: PLW0603  # one small cache of the process; replaced whole, never changed
    kept, now = _kept, time.monotonic()
    if kept is None or now - kept.read_at_s >= KEPT_S:
        kept = _kept = _read(kept, now)
    change = _tried.get()
    return change(kept.specs[name]) if change else kept.specs[name]


@contextmanager
def profiles_tried(change: Change) -> Iterator[None]:
    """Inside, for this thread alone, every profile is what `change` makes of it: to measure."""
    token = _tried.set(change)
    try:
        yield
    finally:
        _tried.reset(token)


def profiles_forget() -> None:
    """Read everything afresh at the next call: after a change in this process."""
    global _kept  # noqa: PLW0603
    _kept = None


def _read(before: _Kept | None, now: float) -> _Kept:
    rows = {row.name: row for row in Profile.objects.select_related("model")}
    revisions = {name: row.revision for name, row in rows.items()}
    specs = {}
    for name in NAMES:
        row, shipped = rows.get(name), shipped_profile(name)
        if row is None:
            specs[name] = shipped
        elif before is not None and before.revisions.get(name) == row.revision:
            specs[name] = merged(shipped, row, before.specs[name].glossary)
        else:
            specs[name] = merged(shipped, row, glossary_with(row))
    return _Kept(now, revisions, specs)
