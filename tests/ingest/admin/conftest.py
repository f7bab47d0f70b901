"""Fixtures of the admin's tests."""

import clawdbot_site.urls  # noqa: F401  # pages register in their order, whatever a test imports
from tests.admin_pages import (  # noqa: F401
    admin_client,
    admin_user,
    make_staff,
    plain_static_files,
)
