"""Addresses of this part of the portal."""

from django.urls import path

from apps.portal.browse import views

urlpatterns = [
    path("documents/", views.BrowsePage.as_view(), name="browse"),
    path("collections/<uuid:uuid>/", views.CollectionPage.as_view(), name="collection"),
    path("documents/<uuid:uuid>/", views.DocumentPage.as_view(), name="document"),
]
