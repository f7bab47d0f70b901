"""The script for other pages, the panel it opens, and a page to try it on."""

from django.urls import path

from apps.portal.widget.views import WidgetPanel, WidgetPreview, WidgetScript

urlpatterns = [
    path("widget.js", WidgetScript.as_view(), name="widget_script"),
    path("widget/", WidgetPanel.as_view(), name="widget_panel"),
    path("widget/preview/<uuid:collection>/", WidgetPreview.as_view(), name="widget_preview"),
]
