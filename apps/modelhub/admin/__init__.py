"""Admin pages of the model hub."""

from apps.modelhub.admin import models, profiles, single_terms

__all__ = ["models", "profiles", "single_terms"]
