"""This part's pages."""

from apps.portal.policy import PortalPage


class WelcomePage(PortalPage):
    """To be built."""

    template_name = "portal/welcome/welcome.html"
