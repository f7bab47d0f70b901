"""Why a file is not taken as a knowledge pack: one line with the place, the reason, what to do."""

from apps.core.errors import Invalid

COPY_AGAIN = "Copy the pack again from where it was exported."
EXPORT_AGAIN = "Export the pack again."


class PackRefused(Invalid):
    """The file is no knowledge pack, or a damaged, changed or newer one. Nothing was changed."""

    code = "pack_refused"


def refused(place: str, reason: str, advice: str = EXPORT_AGAIN) -> PackRefused:
    """A refusal that names the member (or the line in it), the reason and what to do."""
    return PackRefused(f"{place}: {reason}. {advice}")
