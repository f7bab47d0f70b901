"""Profiles: how questions of one kind are searched for and answered."""

from apps.modelhub.profiles.current import profile_for, profile_require, profiles_forget
from apps.modelhub.profiles.shipped import NAMES
from apps.modelhub.profiles.spec import ProfileSpec

__all__ = ["NAMES", "ProfileSpec", "profile_for", "profile_require", "profiles_forget"]
