"""The portal's addresses."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apps.portal.views import AskPage, DocumentPage, SignIn

urlpatterns = [
    path("", AskPage.as_view(), name="ask"),
    path("login/", SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("documents/<uuid:uuid>/pages/<int:number>/", DocumentPage.as_view(), name="page"),
]
