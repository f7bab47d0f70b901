"""Actions on the chosen rows of a list that are hard to take back: asked about before they run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from apps.core.adminsite import render_page

if TYPE_CHECKING:
    from apps.core.adminsite import ModelAdmin

NAMES_SHOWN = 20
TEMPLATE = "clawdbot/admin/confirm.html"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: in a line, what it means, and the word on the button."""

    title: Any
    meaning: Any
    button: Any


def asked_first(
    admin: "ModelAdmin[Any]", request: HttpRequest, chosen: QuerySet[Any], question: Question
) -> TemplateResponse | None:
    """The page that asks; None once it was answered with yes, for the action to go on."""
    if request.POST.get("confirmed") == "yes":
        return None
    names = [str(one) for one in chosen[:NAMES_SHOWN]]
    context = {
        "title": question.title,
        "question": question,
        "carried": _carried(request, ("action", "select_across", ACTION_CHECKBOX_NAME)),
        "names": names,
        "more": chosen.count() - len(names),
    }
    return render_page(admin, request, TEMPLATE, context)


def asked_about(
    admin: "ModelAdmin[Any]", request: HttpRequest, question: Question, *, fields: Sequence[str]
) -> TemplateResponse | None:
    """As `asked_first`, about what the form of a page asks for; `fields`: those of it that
    are sent again."""
    if request.POST.get("confirmed") == "yes":
        return None
    carried = _carried(request, fields)
    context = {"title": question.title, "question": question, "carried": carried}
    return render_page(admin, request, TEMPLATE, context)


def _carried(request: HttpRequest, fields: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value) for name in fields for value in request.POST.getlist(name)]
