"""This part's pages."""

from apps.portal.policy import PortalPage


class ConversationsPage(PortalPage):
    """To be built."""

    template_name = "portal/conversations/list.html"


class ConversationPage(PortalPage):
    """To be built."""

    template_name = "portal/conversations/show.html"


class SharedPage(PortalPage):
    """To be built."""

    template_name = "portal/conversations/shared.html"
