"""This part's pages."""

from apps.portal.policy import PortalPage


class ConversationsPage(PortalPage):
    """To be built."""

    template_name = "portal/conversations/list.html"


class SharedPage(PortalPage):
    """To be built."""

    template_name = "portal/conversations/shared.html"
