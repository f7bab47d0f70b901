"""The portal's addresses, part by part."""

from django.urls import include, path

PARTS = ("session", "ask", "conversations", "sources", "browse", "desk", "widget", "welcome")

urlpatterns = [path("", include(f"apps.portal.{part}.urls")) for part in PARTS]
