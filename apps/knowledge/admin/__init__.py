"""Admin pages of groups, grants and erasures. Collections and documents: ingest.admin."""

from apps.knowledge.admin.erasures import ErasureAdmin
from apps.knowledge.admin.groups import GroupAdmin

__all__ = ["ErasureAdmin", "GroupAdmin"]
