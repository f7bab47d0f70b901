"""Django's view of the admin: its pages are imported with the addresses, or to be checked.

Workers, the indexer and most commands show no page, and importing them all takes half a second.
"""

from typing import Any

from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class LazyAdminConfig(SimpleAdminConfig):
    """The admin on unfold's site; clawdbot_site.urls discovers its pages."""

    default_site = "unfold.sites.UnfoldAdminSite"

    def ready(self) -> None:
        """Have `manage.py check` look at the pages, too."""
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_discovered, checks.Tags.admin)


def check_discovered(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """What is wrong with the admin's pages: all of them, whoever asks."""
    autodiscover()
    return check_admin_app(app_configs, **kwargs)
