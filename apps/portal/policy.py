"""What the browser may load and run on the portal's pages."""

from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponseBase
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
