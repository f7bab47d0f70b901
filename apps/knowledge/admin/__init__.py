"""Admin pages of groups, grants, erasures and widgets. Collections and documents: ingest.admin."""

from apps.knowledge.admin.erasures import ErasureAdmin
from apps.knowledge.admin.groups import GroupAdmin
from apps.knowledge.admin.widgets import WidgetAdmin

__all__ = ["ErasureAdmin", "GroupAdmin", "WidgetAdmin"]
