"""Admin pages of the model hub."""

from apps.modelhub.admin import models

__all__ = ["models"]
