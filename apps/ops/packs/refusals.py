"""Why a file is not taken as a knowledge pack: one line with the place, the reason, what to do."""

from django.utils.translation import gettext, gettext_lazy

from apps.core.errors import Invalid

COPY_AGAIN = gettext_lazy("Copy the pack again from where it was exported.")
EXPORT_AGAIN = gettext_lazy("Export the pack again.")


class PackRefused(Invalid):
    """The file is no knowledge pack, or a damaged, changed or newer one. Nothing was changed."""

    code = "pack_refused"


def refused(place: str, reason: str, advice: object = EXPORT_AGAIN) -> PackRefused:
    """A refusal that names the member (or the line in it), the reason (translated) and what to
    do."""
    values = {"place": place, "reason": reason, "advice": advice}
    return PackRefused(gettext("%(place)s: %(reason)s. %(advice)s") % values)
