"""The question page's address; `/?q=` asks at once."""

from django.urls import path

from apps.portal.ask.views import AskPage

urlpatterns = [path("", AskPage.as_view(), name="ask")]
