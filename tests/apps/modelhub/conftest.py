"""Fixtures of the model hub's tests, and of those that open its admin pages."""

from tests.admin_pages import (  # noqa: F401
    admin_client,
    admin_user,
    make_staff,
    plain_static_files,
)
from tests.apps.modelhub.tiny_models import hub, models_folder, tiny, tiny_bytes  # noqa: F401
