"""Addresses of this part of the portal."""

from django.urls import path

from apps.portal.welcome import views

urlpatterns = [
    path("welcome/", views.WelcomePage.as_view(), name="welcome"),
    path("welcome/language/", views.LanguageStep.as_view(), name="welcome_language"),
    path("welcome/collection/", views.CollectionStep.as_view(), name="welcome_collection"),
    path("welcome/upload/", views.UploadStep.as_view(), name="welcome_upload"),
    path("welcome/question/", views.QuestionStep.as_view(), name="welcome_question"),
    path("welcome/people/", views.PeopleStep.as_view(), name="welcome_people"),
    path("welcome/done/", views.DoneStep.as_view(), name="welcome_done"),
]
