"""Addresses of this part of the portal."""

from django.urls import path

from apps.portal.conversations.deleting import DeletePage
from apps.portal.conversations.my_data import DeleteMyData
from apps.portal.conversations.shared import EndShare, SharedPage
from apps.portal.conversations.views import ConversationsPage, TitlePage

urlpatterns = [
    path("conversations/", ConversationsPage.as_view(), name="conversations"),
    path("conversations/delete/", DeletePage.as_view(), name="conversations-delete"),
    path("conversations/<uuid:uuid>/title/", TitlePage.as_view(), name="conversation-title"),
    path("my-data/delete/", DeleteMyData.as_view(), name="my-data-delete"),
    path("shared/<uuid:uuid>/", SharedPage.as_view(), name="shared"),
    path("shared/<uuid:uuid>/end/", EndShare.as_view(), name="shared-end"),
]
