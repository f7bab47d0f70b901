"""Addresses of this part of the portal."""

from django.urls import path

from apps.portal.desk import views

urlpatterns = [
    path("desk/", views.DeskPage.as_view(), name="desk"),
]
