"""What became of single questions, as far as who looks may read what they rest on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.evaluation.golden_admin.words import percent, slice_name
from apps.evaluation.golden_questions import golden_question_list
from apps.evaluation.models import EvaluationResult, EvaluationRun
from apps.evaluation.scoring import NAMES
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Document

A_PAGE = 25
_SHOWN = ("recall_at_10", "mrr", "f1", "citation_precision")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which results are shown: all or the `wrong` ones, of one slice; `slices`: there are."""

    show: str
    slice: str
    page: str
    slices: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, query: Mapping[str, str], run: EvaluationRun) -> "Wanted":
        """What the address asks for."""
        names = [(key, slice_name(key)) for key in run.slices]
        show = "wrong" if query.get("show") == "wrong" else ""
        return cls(show, query.get("slice", ""), query.get("page", "1"), names)


class Shown:
    """Texts of results: withheld where who looks may not read a document they quote.

    Four queries, however many results. They must have their questions and citations.
    """

    def __init__(self, results: Sequence[EvaluationResult], viewer: User) -> None:
        keys = [one.question_id for one in results]
        seen = golden_question_list(by=viewer).filter(pk__in=keys).order_by()
        drafts = golden_question_list(by=viewer, is_draft=True).filter(pk__in=keys).order_by()
        self._questions = {*seen.values_list("pk", flat=True), *drafts.values_list("pk", flat=True)}
        cited = {document.pk for one in results for document in one.cited.all()}
        ranked = {key for one in results for key in one.ranked}
        readable = documents_of(Scope.of(viewer)).filter(pk__in=cited | ranked)
        self._documents: dict[int, Document] = {one.pk: one for one in readable}

    def is_question_shown(self, result: EvaluationResult) -> bool:
        """Whether its question may be read, with what is expected."""
        return result.question_id in self._questions

    def question(self, result: EvaluationResult) -> str:
        """The question, or that it is withheld."""
        if not self.is_question_shown(result):
            return _("It rests on a document that you may not read.")
        return result.question.text

    def answer(self, result: EvaluationResult) -> str:
        """What was answered, or why nothing is shown."""
        if not result.is_answered:
            return _("Not found in the documents.")
        if any(document.pk not in self._documents for document in result.cited.all()):
            return _("It quotes a document that you may not read.")
        return result.answer or _("A document that it quoted was deleted.")

    def ranked(self, result: EvaluationResult) -> list[Document]:
        """The documents that were found, best first, that may be read."""
        return [self._documents[key] for key in result.ranked if key in self._documents]


def rows_of(
    run: EvaluationRun, wanted: Wanted, *, viewer: User
) -> tuple[Page[EvaluationResult], list[dict[str, Any]]]:
    """A page of results, worst first, and what is shown of each."""
    found = _sorted(run.results.select_related("question"), wanted)
    page = Paginator(found, A_PAGE).get_page(wanted.page)
    keys = [one.pk for one in page.object_list]
    related = EvaluationResult.objects.select_related("question").prefetch_related(
        "cited", "question__documents"
    )
    full = related.in_bulk(keys)
    results = [full[key] for key in keys]
    shown = Shown(results, viewer)
    return page, [_row(one, shown) for one in results]


def _sorted(results: QuerySet[EvaluationResult], wanted: Wanted) -> list[EvaluationResult]:
    chosen: Iterable[EvaluationResult] = results.order_by("pk")
    if wanted.slice:
        chosen = (one for one in chosen if wanted.slice in one.slices)
    if wanted.show == "wrong":
        chosen = (one for one in chosen if _goodness(one) < 1)
    return sorted(chosen, key=_goodness)


def _goodness(result: EvaluationResult) -> float:
    """1: found, and rightly answered or refused."""
    names = ("recall_at_5", "answer_right", "refused")
    values = [result.scores[name] for name in names if name in result.scores]
    return sum(values) / len(values) if values else 1.0


def _row(result: EvaluationResult, shown: Shown) -> dict[str, Any]:
    is_right = result.scores.get("answer_right", result.scores.get("refused", 0.0)) == 1
    is_seen = shown.is_question_shown(result)
    return {
        "result": result,
        "text": shown.question(result),
        "tone": "good" if is_right else "bad",
        "words": _verdict(result, is_right=is_right),
        "expected": result.question.answers if is_seen else [],
        "answer": shown.answer(result),
        "places": list(result.question.documents.all()) if is_seen else [],
        "ranked": shown.ranked(result)[:5],
        "scores": [(NAMES[n], percent(result.scores[n])) for n in _SHOWN if n in result.scores],
        "slices": [slice_name(one) for one in result.slices],
    }


def _verdict(result: EvaluationResult, *, is_right: bool) -> str:
    has_answer = "answer_right" in result.scores
    if is_right:
        return _("Right") if has_answer else _("Rightly refused")
    if not result.is_answered:
        return _("Wrongly refused")
    return _("Wrong") if has_answer else _("Wrongly answered")
