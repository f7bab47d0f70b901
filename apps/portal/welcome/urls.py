"""Addresses of this part of the portal."""

from django.urls import path

from apps.portal.welcome import changing, configuring, pages, views

urlpatterns = [
    path("welcome/", pages.WelcomePage.as_view(), name="welcome"),
    path("welcome/language/", views.LanguageStep.as_view(), name="welcome_language"),
    path("welcome/machine/", configuring.MachineStep.as_view(), name="welcome_machine"),
    path("welcome/engine/", configuring.EngineStep.as_view(), name="welcome_engine"),
    path("welcome/limits/", configuring.LimitsStep.as_view(), name="welcome_limits"),
    path("welcome/changes/", changing.ChangesPage.as_view(), name="welcome_changes"),
    path("welcome/applying/", changing.ApplyingPage.as_view(), name="welcome_applying"),
    path("welcome/applied/", changing.AppliedState.as_view(), name="welcome_applied"),
    path("welcome/collection/", views.CollectionStep.as_view(), name="welcome_collection"),
    path("welcome/upload/", views.UploadStep.as_view(), name="welcome_upload"),
    path("welcome/question/", views.QuestionStep.as_view(), name="welcome_question"),
    path("welcome/people/", views.PeopleStep.as_view(), name="welcome_people"),
    path("welcome/done/", views.DoneStep.as_view(), name="welcome_done"),
]
