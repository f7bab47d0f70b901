"""The page that explains the API and tries it out."""

from typing import Any

from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

# Swagger UI draws with inline styles; scripts come from here only.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI, served from this machine."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Let nothing from elsewhere in."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        final.headers["Content-Security-Policy"] = POLICY
        return final
