"""Admin pages of users and API keys."""

from apps.accounts.admin.keys import ApiKeyAdmin
from apps.accounts.admin.users import UserAdmin

__all__ = ["ApiKeyAdmin", "UserAdmin"]
