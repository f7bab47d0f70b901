"""The widget's script, the panel it opens in a frame, and a page to try it on."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import condition
from django.views.generic import TemplateView

from apps.accounts.models import User
from apps.core.errors import Forbidden
from apps.generation.answer import MAX_CHARACTERS
from apps.knowledge.access import collections_of
from apps.knowledge.models import Permission, Widget
from apps.knowledge.widgets import widget_for
from apps.portal.policy import SELF, PortalPage, StrictPage
from apps.portal.widget.script import etag, script

KEPT_S = 300


class WidgetScript(View):
    """The same for every page that loads it."""

    @method_decorator(condition(etag_func=lambda request: etag()))
    def get(self, request: HttpRequest) -> HttpResponse:
        """Kept for minutes: a new version reaches all pages soon."""
        return HttpResponse(
            script(),
            content_type="text/javascript; charset=utf-8",
            headers={
                "Cache-Control": f"public, max-age={KEPT_S}",
                "Cross-Origin-Resource-Policy": "cross-origin",
            },
        )


class WidgetPanel(StrictPage, TemplateView):
    """The panel. Only pages of the widget's origins may frame it; it holds no text of documents."""

    template_name = "portal/widget/panel.html"
    widget: Widget | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Framing is ruled by the policy, which knows more than X-Frame-Options."""
        _speak(request)
        self.widget = _shown(request)
        response = super().dispatch(request, *args, **kwargs)
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
        return response

    def rules(self) -> dict[str, str]:
        """With the pages that may frame it: none, when the page that asks may not."""
        ancestors = [SELF, *self.widget.origins] if self.widget else ["'none'"]
        return super().rules() | {"frame-ancestors": " ".join(ancestors)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The panel, or that this page may not show it."""
        if self.widget is None:
            return TemplateResponse(request, "portal/widget/refused.html", status=403)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whom it talks to. Title and greeting come with the token."""
        theme = self.request.GET.get("theme")
        return super().get_context_data(
            origin=self.request.GET["origin"],
            theme=theme if theme in {"light", "dark"} else "auto",
            max_characters=MAX_CHARACTERS,
            **kwargs,
        )


class WidgetPreview(PortalPage):
    """A page with nothing but the bubble, for those who manage the collection."""

    template_name = "portal/widget/preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The widget. Raises Http404 without one, or without the right to manage it."""
        user = cast(User, self.request.user)
        managed = collections_of(user, Permission.MANAGE)
        widget = Widget.objects.filter(
            collection__in=managed, collection__uuid=kwargs["collection"]
        ).first()
        if widget is None:
            raise Http404
        return super().get_context_data(widget=widget, **kwargs)


def _shown(request: HttpRequest) -> Widget | None:
    try:
        return widget_for(
            collection=UUID(request.GET.get("collection", "")),
            origin=request.GET.get("origin", ""),
            own_origin=f"{request.scheme}://{request.get_host()}",
        )
    except (ValueError, Forbidden):
        return None


def _speak(request: HttpRequest) -> None:
    """In the language that the page asks for."""
    language = request.GET.get("language", "")
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
