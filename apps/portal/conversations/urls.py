"""Addresses of this part of the portal."""

from django.urls import path

from apps.portal.conversations import views

urlpatterns = [
    path("conversations/", views.ConversationsPage.as_view(), name="conversations"),
    path("shared/<uuid:uuid>/", views.SharedPage.as_view(), name="shared"),
]
