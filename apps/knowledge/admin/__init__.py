"""Admin pages of groups, grants and widgets. Collections and documents: ingest.admin."""

from apps.knowledge.admin.groups import GroupAdmin
from apps.knowledge.admin.widgets import WidgetAdmin

__all__ = ["GroupAdmin", "WidgetAdmin"]
