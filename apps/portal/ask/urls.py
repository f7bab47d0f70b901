"""The question page's addresses; `/?q=` asks at once."""

from django.urls import path

from apps.portal.ask.views import AskPage, ConversationPage

urlpatterns = [
    path("", AskPage.as_view(), name="ask"),
    path("conversations/<uuid:uuid>/", ConversationPage.as_view(), name="conversation"),
]
