"""This part's pages."""

from apps.portal.policy import PortalPage


class DeskPage(PortalPage):
    """To be built."""

    template_name = "portal/desk/desk.html"
