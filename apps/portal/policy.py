"""What the browser may load and run on the portal's pages."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.generic import View

# Scripts and styles come from this site's files only: a document's text can never run.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class StrictPage(View):
    """A page under the policy, never kept by a shared cache."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add the policy to whatever is answered."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "private, no-store"
        return response
