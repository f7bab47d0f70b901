"""Where a page of the admin stands, in the words of the sidebar instead of the program's parts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import template
from django.conf import settings
from django.utils.text import capfirst

register = template.Library()
Part = Mapping[str, Any]  # title, link


@register.filter
def as_in_sidebar(parts: Sequence[Part]) -> list[Part]:
    """Group and entry of the sidebar that the page belongs to, then the row it is about.

    `parts`: unfold's: app, model, row. What people named stays as they wrote it. A page that is
    in no entry keeps its parts.
    """
    if len(parts) < 2:
        return [{**part, "title": capfirst(part["title"])} for part in parts]
    rows = [{**part, "title": str(part["title"])} for part in parts[2:]]
    places = list(_place(parts[0], parts[1]))
    is_only_one = bool(rows) and str(places[-1]["title"]) == rows[0]["title"]
    return [*(places[:-1] if is_only_one else places), *rows]


def _place(app: Part, model: Part) -> Iterator[Part]:
    own = {**model, "title": capfirst(model["title"])}
    for group, item in _entries():
        if str(item["link"]) == str(model["link"]):
            yield from ({"title": group}, item)
            return
        if str(model["link"]) in map(str, item.get("holds", ())):
            yield from ({"title": group}, item, own)
            return
    yield from ({**app, "title": capfirst(app["title"])}, own)


def _entries() -> Iterator[tuple[Any, Part]]:
    for group in settings.UNFOLD["SIDEBAR"]["navigation"]:
        for item in group["items"]:
            yield group.get("title"), item
