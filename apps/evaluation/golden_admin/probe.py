"""The page “Why not this document?”."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core.adminsite import render_site_page
from apps.core.digits import number_in
from apps.core.errors import ClawdbotError, NotFound
from apps.evaluation.golden_admin.rights import opened
from apps.evaluation.probing.probe import probe
from apps.evaluation.probing.steps import Fate, Probe, Stage
from apps.knowledge.access import Scope, collections_of, documents_of
from apps.knowledge.models import Document, Permission

NAMES: Mapping[Stage, Any] = {
    Stage.STATUS: gettext_lazy("Is it there?"),
    Stage.RIGHTS: gettext_lazy("May the asker read it?"),
    Stage.TEXT: gettext_lazy("Does it have text?"),
    Stage.INDEX: gettext_lazy("Is it in the index?"),
    Stage.MEANING: gettext_lazy("Found by meaning"),
    Stage.WORDS: gettext_lazy("Found by words"),
    Stage.FUSED: gettext_lazy("Both together"),
    Stage.READER: gettext_lazy("Read by the reader"),
    Stage.ANSWER: gettext_lazy("In the answer"),
}
TONES = {Fate.PASSED: "good", Fate.WEAK: "warn", Fate.FELL: "bad", Fate.SKIPPED: "quiet"}
WORDS: Mapping[Fate, Any] = {
    Fate.PASSED: gettext_lazy("Passed"),
    Fate.WEAK: gettext_lazy("Weak"),
    Fate.FELL: gettext_lazy("Fell out here"),
    Fate.SKIPPED: gettext_lazy("Not asked"),
}
SUGGESTED, NAMES_SHOWN = 8, 200


def probe_page(request: HttpRequest) -> HttpResponse:
    """`?q=` the question, `?document=` path or title of it, `?collection=`, `?user=` who asks."""
    user = opened(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "document", "user")}
    context: dict[str, Any] = {"title": _("Why not this document?"), "asked": asked}
    context["collections"] = list(collections_of(user, Permission.MANAGE))
    context["chosen"] = request.GET.get("collection", "")
    if user.is_superuser:
        people = User.objects.filter(is_active=True).order_by("username")
        context["user_names"] = people.values_list("username", flat=True)[:NAMES_SHOWN]
    if asked["q"] and asked["document"]:
        try:
            context |= _looked(user, asked, context["chosen"])
        except ClawdbotError as error:
            context["problem"] = error.message
    return render_site_page(request, "evaluation/admin/probe.html", context)


def _looked(user: User, asked: Mapping[str, str], collection: str) -> dict[str, Any]:
    found = _documents(user, asked["document"], collection)
    if not found:
        raise NotFound(_("There is no such document in a collection that you manage."))
    if len(found) > 1:
        return {"choices": found}
    asker = user
    if asked["user"]:
        named = User.objects.filter(username=asked["user"]).first()
        if named is None:
            raise NotFound(_("There is no such user."))
        asker = named
    probed = probe(asked["q"], found[0], asker=asker, by=user)
    return {"document": found[0], "asker": asker, "probe": probed, "steps": _steps(probed)}


def _documents(user: User, text: str, collection: str) -> list[Document]:
    """The one with this id or path, else some whose path or title holds the text."""
    managed = collections_of(user, Permission.MANAGE).order_by().values("pk")
    there = documents_of(Scope.of(user)).filter(collection__in=managed)
    there = there.select_related("collection").order_by("path")
    if (key := number_in(collection)) is not None:
        there = there.filter(collection=key)
    exact = list(there.filter(path=text)[:SUGGESTED])
    if exact:
        return exact
    like = there.filter(path__icontains=text) | there.filter(title__icontains=text)
    return list(like[:SUGGESTED])


def _steps(probed: Probe) -> list[dict[str, Any]]:
    return [
        {
            "name": NAMES[one.stage],
            "tone": TONES[one.fate],
            "fate": WORDS[one.fate],
            "words": one.words,
            "remedy": one.remedy if one.fate in (Fate.FELL, Fate.WEAK) else "",
            "is_fall": one is probed.fell_at,
        }
        for one in probed.steps
    ]


urlpatterns = [path("why-not/", site.admin_view(probe_page), name="admin_why_not")]
