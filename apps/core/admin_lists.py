"""The lists of the admin: their addresses."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
else:
    from unfold.views import ChangeList


class AdminList(ChangeList):
    """Mends “Clear all filters”, which Django leads to `state__in=['queued', 'running']`."""

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """What narrows the list beside its filters stays as it was written."""
        wanted = {
            name: self.filter_params.get(name, value) if isinstance(value, list) else value
            for name, value in (new_params or {}).items()
        }
        return super().get_query_string(wanted, remove)
