"""Addresses of this part of the portal."""

from django.urls import path

from apps.portal.welcome import views

urlpatterns = [
    path("welcome/", views.WelcomePage.as_view(), name="welcome"),
]
