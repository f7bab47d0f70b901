"""The page “Try retrieval”: what a query finds in each leg, what of it counts, what is left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.adminsite import render_site_page
from apps.core.errors import ClawdbotError
from apps.generation.admin import STAGES
from apps.generation.degradation import told
from apps.generation.rehearsal import Rehearsal, rehearse
from apps.knowledge.access import chunks_of, collections_of
from apps.knowledge.admin.allowed import is_manager_of_any
from apps.knowledge.models import Collection, Permission
from apps.knowledge.readers import explain
from apps.knowledge.spans import Span, cut
from apps.ops.admin.passages import Block, blocks_of, excerpt_of
from apps.ops.admin.retrieval_form import RetrievalForm
from apps.retrieval.inspection import Asked, Inspection, Reason, inspect
from apps.retrieval.protocols import Hit
from apps.retrieval.search import DENSE, LEXICAL

LEGS: Mapping[str, Any] = {
    LEXICAL: gettext_lazy("By words"),
    DENSE: gettext_lazy("By meaning"),
}
REASONS: Mapping[Reason, Any] = {
    Reason.ACCESS: gettext_lazy("May not be read by this person"),
    Reason.COLLECTION: gettext_lazy("In a collection that was not chosen"),
    Reason.FILTER: gettext_lazy("Left out by the filters"),
    Reason.EXCLUDED: gettext_lazy("Kept out of search by a curator"),
    Reason.REPLACED: gettext_lazy("Of a replaced version"),
    Reason.COPY: gettext_lazy("The same text as a better hit"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A hit as the page shows it. `place`: its rank among the hits; 0 when it is not among them.

    `before`: its rank before it was read.
    """

    hit: Hit
    heading: str
    rank: int
    place: int
    before: int
    score: float
    blocks: Sequence[Block]
    excerpt: str
    ranks: Sequence[tuple[Any, int | None, float | None]]
    document_id: int
    ordinal: int
    collection: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg's ranking. `weight` 0: it was not asked."""

    name: Any
    weight: float
    size: int
    rows: Sequence[Row]


def may_try(user: User) -> bool:
    """Superusers, and who manages a collection."""
    return user.is_superuser or collections_of(user, Permission.MANAGE).exists()


def is_offered(request: HttpRequest) -> bool:
    """Whether the page stands in the navigation."""
    return user_of(request).is_superuser or is_manager_of_any(request)


def retrieval_page(request: HttpRequest) -> HttpResponse:
    """`?q=` and what narrows it. With `answer=1` also what would be answered."""
    user = user_of(request)
    if not may_try(user):
        raise PermissionDenied
    chosen = {"collections": request.GET.getlist("collections")}
    form = RetrievalForm(request.GET if "q" in request.GET else None, viewer=user, initial=chosen)
    context: dict[str, Any] = {"title": _("Try retrieval"), "form": form}
    if user.is_superuser:
        names = User.objects.filter(is_active=True).order_by("username")
        context["user_names"] = names.values_list("username", flat=True)[:200]
    if form.is_valid():
        asker: User = form.cleaned_data.get("user") or user
        asked = form.asked()
        try:
            context |= _found(asked)
        except ClawdbotError as error:  # another model is configured than the one that embedded
            form.add_error("q", error.message)
            return render_site_page(request, "ops/admin/retrieval.html", context)
        context |= {"asker": asker, "is_other": asker.pk != user.pk}
        context["access"] = _access(asker, asked) if asker.pk != user.pk else ()
        if "answer" in request.GET:
            context |= _rehearsed(asked)
    return render_site_page(request, "ops/admin/retrieval.html", context)


def _found(asked: Asked) -> dict[str, Any]:
    found = inspect(asked)
    rows = _Rows(found, asked)
    return {
        "found": found,
        "limits": [told(note) for note in found.degraded],
        "legs": [
            Leg(LEGS[name], getattr(found.weights, name), found.leg_sizes[name], rows.of_leg(name))
            for name in found.legs
        ],
        "hits": rows.fused(),
        "times": [(STAGES.get(name, name), ms) for name, ms in found.timings_ms.items()],
        "left_out": [(one, REASONS[one.reason]) for one in found.left_out],
        "left_out_counts": [(REASONS[r], count) for r, count in found.left_out_counts.items()],
    }


class _Rows:
    """Makes rows of hits, asking the database once for where they lie."""

    def __init__(self, found: Inspection, asked: Asked) -> None:
        self._found = found
        self._places = {hit.chunk_id: n for n, hit in enumerate(found.hits, start=1)}
        hits = [*found.hits, *(hit for leg in found.legs.values() for hit in leg)]
        self._facts = _facts(asked, {hit.chunk_id for hit in hits})

    def fused(self) -> list[Row]:
        """The hits, best first."""
        return self._rows((hit, n, hit.score) for n, hit in enumerate(self._found.hits, start=1))

    def of_leg(self, name: str) -> list[Row]:
        """What one leg found, best first."""
        leg = self._found.legs[name]
        return self._rows((hit, hit.legs[name], hit.leg_scores.get(name, 0.0)) for hit in leg)

    def _rows(self, ranked: Iterable[tuple[Hit, int, float]]) -> list[Row]:
        return [
            Row(
                hit=hit,
                heading=hit.heading.removeprefix(hit.title).removeprefix(" > "),
                rank=rank,
                place=self._places.get(hit.chunk_id, 0),
                before=self._found.ranks_before.get(hit.chunk_id, 0),
                score=score,
                blocks=blocks_of(
                    cut(hit.text, start=0, spans=[Span(0, a, b) for a, b in hit.spans])
                ),
                excerpt=excerpt_of(hit.text),
                ranks=[
                    (LEGS[name], hit.legs.get(name), hit.leg_scores.get(name))
                    for name in self._found.legs
                ],
                document_id=self._facts[hit.chunk_id][0],
                ordinal=self._facts[hit.chunk_id][1],
                collection=self._facts[hit.chunk_id][2],
            )
            for hit, rank, score in ranked
            if hit.chunk_id in self._facts
        ]


def _facts(asked: Asked, chunk_ids: set[int]) -> dict[int, tuple[int, int, str]]:
    """Chunk id -> key of its document, its ordinal, the name of its collection."""
    rows = chunks_of(asked.viewer).filter(pk__in=chunk_ids).order_by()
    fields = ("version__document_id", "ordinal", "version__document__collection__name")
    return {pk: (document, n, name) for pk, document, n, name in rows.values_list("pk", *fields)}


def _access(asker: User, asked: Asked) -> list[tuple[Collection, list[str]]]:
    """Every collection that the viewer may read, with why the asker may read it, too (or not)."""
    readable = Collection.objects.filter(pk__in=asked.viewer.visible_ids).order_by("name")
    partly = asked.readable.partial_ids
    return [
        (one, explain(asker, one) or ([_("single documents of it")] if one.pk in partly else []))
        for one in readable.prefetch_related("grants__group")
    ]


def _rehearsed(asked: Asked) -> dict[str, Rehearsal | str]:
    scope = asked.scope.within(asked.viewer.visible_ids)
    try:
        return {"answer": rehearse(asked.query, scope=scope, filters=asked.filters)}
    except ClawdbotError as error:
        return {"answer_problem": error.message}
