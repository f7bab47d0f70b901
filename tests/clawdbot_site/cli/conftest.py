"""Fixtures of the commands' tests."""

from tests.apps.modelhub.tiny_models import hub, models_folder, tiny, tiny_bytes  # noqa: F401
