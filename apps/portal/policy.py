"""What the browser may load and run on the portal's pages."""

from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.views.generic import TemplateView, View

SELF = "'self'"
# Scripts and styles come from this site's files only: a document's text can never run.
POLICY = {
    "default-src": "'none'",
    "script-src": SELF,
    "style-src": SELF,
    "img-src": SELF,
    "connect-src": SELF,
    "form-action": SELF,
    "frame-src": SELF,
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


class StrictPage(View):
    """A page under the policy, never kept by a shared cache."""

    policy: ClassVar[dict[str, str]] = {}  # what this page needs beyond POLICY

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add the policy to whatever is answered."""
        response = super().dispatch(request, *args, **kwargs)
        policy = "; ".join(f"{name} {sources}" for name, sources in self.rules().items())
        response.headers["Content-Security-Policy"] = policy
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def rules(self) -> dict[str, str]:
        """What may be loaded from where, by the directive's name."""
        return POLICY | self.policy


class PortalPage(LoginRequiredMixin, StrictPage, TemplateView):
    """A page for people who have signed in."""

    def handle_no_permission(self) -> HttpResponseRedirect:
        """To the page to sign in; htmx must open it instead of putting it into its place."""
        response = super().handle_no_permission()
        if "HX-Request" in self.request.headers:
            shown = urlsplit(self.request.headers.get("HX-Current-URL", ""))
            address = urlunsplit(("", "", shown.path or "/", shown.query, ""))
            response = redirect_to_login(address)
            response.headers["HX-Redirect"] = response.url
            response.status_code = 200
        return response
