"""Fixtures of the tests of the admin's own pages."""

from tests.admin_pages import (  # noqa: F401
    admin_client,
    admin_user,
    make_staff,
    plain_static_files,
)
