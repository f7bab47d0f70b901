"""This part's pages."""

from apps.portal.policy import PortalPage


class BrowsePage(PortalPage):
    """To be built."""

    template_name = "portal/browse/collections.html"


class CollectionPage(PortalPage):
    """To be built."""

    template_name = "portal/browse/collection.html"


class DocumentPage(PortalPage):
    """To be built."""

    template_name = "portal/browse/document.html"
