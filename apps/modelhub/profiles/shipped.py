"""The profiles that come with the product."""

from apps.core.errors import Invalid
from apps.modelhub.glossaries import Glossary
from apps.modelhub.profiles.spec import ProfileSpec

NAMES = ("general", "finance", "medical", "lite")


def shipped_profile(name: str) -> ProfileSpec:
    """The profile as it comes. Raises Invalid for an unknown name."""
    if name not in NAMES:
        raise Invalid(f"There is no profile “{name}”; there are: {', '.join(NAMES)}.")
    return ProfileSpec(name, "auto", "", {}, {}, Glossary(), max_tokens=512)
