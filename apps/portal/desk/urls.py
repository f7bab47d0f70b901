"""The desk's addresses: questions, curated answers, the golden set."""

from django.urls import path

from apps.portal.desk import answers, editor, golden, questions

urlpatterns = [
    path("desk/", questions.DeskPage.as_view(), name="desk"),
    path(
        "desk/questions/<uuid:uuid>/settle/", questions.SettleQuestion.as_view(), name="desk-settle"
    ),
    path(
        "desk/questions/<uuid:uuid>/passages/",
        questions.NearestPassages.as_view(),
        name="desk-nearest",
    ),
    path("desk/answers/", answers.CuratedPage.as_view(), name="desk-answers"),
    path("desk/answers/new/", editor.EditorPage.as_view(), name="desk-answer-new"),
    path("desk/answers/<uuid:uuid>/", editor.EditorPage.as_view(), name="desk-answer"),
    path("desk/answers/<uuid:uuid>/use/", answers.UseAnswer.as_view(), name="desk-answer-use"),
    path(
        "desk/answers/<uuid:uuid>/delete/",
        answers.DeleteAnswer.as_view(),
        name="desk-answer-delete",
    ),
    path("desk/golden/", golden.GoldenPage.as_view(), name="desk-golden"),
    path("desk/golden/new/", golden.GoldenForm.as_view(), name="desk-golden-new"),
    path(
        "desk/golden/<uuid:uuid>/remove/", golden.RemoveGolden.as_view(), name="desk-golden-remove"
    ),
]
