"""A tiny model."""

from tests.apps.modelhub.tiny_models import models_folder, tiny, tiny_bytes  # noqa: F401
