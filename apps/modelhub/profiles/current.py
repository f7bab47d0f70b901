"""The profiles of now: the shipped ones with the administrator's changes."""

from apps.modelhub.profiles.shipped import shipped_profile
from apps.modelhub.profiles.spec import ProfileSpec


def profile_for(name: str) -> ProfileSpec:
    """The profile of that name, at most a second old. Raises Invalid, naming those there are."""
    return shipped_profile(name)
