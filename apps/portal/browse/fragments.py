"""Pages of which htmx may ask for a part."""

from typing import ClassVar

from django.http import HttpRequest

from apps.portal.policy import PortalPage


def is_fragment(request: HttpRequest) -> bool:
    """Whether a part of the page is asked for: not the browser itself, and not its history."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


class FragmentPage(PortalPage):
    """Answers htmx with `fragment_name`, a browser with the whole page."""

    fragment_name: ClassVar[str]

    def get_template_names(self) -> list[str]:
        """The part that is asked for."""
        if is_fragment(self.request):
            return [self.fragment_name]
        return super().get_template_names()
