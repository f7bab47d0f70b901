"""What one golden question scores: what was found, what was said, what was cited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.evaluation import metrics, ranking
from apps.evaluation.models import GoldenQuestion
from apps.generation.answers import Answer
from apps.knowledge.models import Document, Page
from apps.retrieval import language
from ingest.loaders.protocol import BlockKind
from ingest.page_blocks import blocks_of

NAMES: Mapping[str, Any] = {
    "recall_at_1": gettext_lazy("Recall at 1"),
    "recall_at_5": gettext_lazy("Recall at 5"),
    "recall_at_10": gettext_lazy("Recall at 10"),
    "mrr": gettext_lazy("MRR"),
    "ndcg_at_10": gettext_lazy("nDCG at 10"),
    "em": gettext_lazy("Exact match"),
    "f1": gettext_lazy("F1"),
    "answer_right": gettext_lazy("Right answers"),
    "citation_precision": gettext_lazy("Citation precision"),
    "refusal_accuracy": gettext_lazy("Refusal accuracy"),
    "refused": pgettext_lazy("questions without an answer", "Refused"),
}
MEANINGS: Mapping[str, Any] = {
    "recall_at_1": gettext_lazy("Share of the right documents that stand first."),
    "recall_at_5": gettext_lazy("Share of the right documents among the first five."),
    "recall_at_10": gettext_lazy("Share of the right documents among the first ten."),
    "mrr": gettext_lazy("One over the place of the first right document."),
    "ndcg_at_10": gettext_lazy("How well the first ten are ordered, 1 is best."),
    "em": gettext_lazy("The short answer is word for word a right one."),
    "f1": gettext_lazy("Words (Chinese: characters) shared with the nearest right answer."),
    "answer_right": gettext_lazy("A right answer stands in the text that was given."),
    "citation_precision": gettext_lazy("Share of the cited sources that are right documents."),
    "refusal_accuracy": gettext_lazy(
        "What has an answer was answered, what has none was refused: share of all questions."
    ),
    "refused": gettext_lazy("Share of the questions without an answer that were refused."),
}
JUDGED = ("recall_at_10", "mrr", "f1", "citation_precision", "refusal_accuracy")  # by the gate
MULTI_HOP, TABLE, UNANSWERABLE = "multi-hop", "table", "unanswerable"


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a question: paths of documents, each once, best first, and the answer.

    `documents`: the ids of these; `ms`: how long it was answered for.
    """

    ranked: Sequence[str]
    given: Answer
    documents: Sequence[UUID]
    ms: float


def scores_of(question: GoldenQuestion, relevant: frozenset[str], found: Found) -> dict[str, float]:
    """Figures between 0 and 1, by name; those that mean nothing for this question are left out.

    em and f1 of a question that was not answered are 0. `relevant`: paths of documents.
    """
    given = found.given
    scores: dict[str, float] = {}
    if relevant:
        scores |= _ranked(found.ranked, relevant)
    if question.answers:
        scores |= _said(given, question.answers)
        if relevant and given.is_answered:
            cited = {citation.path for citation in given.citations}
            scores["citation_precision"] = ranking.precision(cited, relevant)
    else:
        scores["refused"] = float(not given.is_answered)
    scores["refusal_accuracy"] = float(given.is_answered == bool(question.answers))
    return {name: round(value, 6) for name, value in scores.items()}


def slices_of(question: GoldenQuestion, documents: Sequence[Document]) -> list[str]:
    """The parts of a set that it counts for: language, format, table, multi-hop, its tags."""
    slices = [f"language:{language.detect(question.text)}"]
    formats = {PurePath(document.path).suffix.lower().lstrip(".") for document in documents}
    slices += sorted(f"format:{one}" for one in formats if one)
    tags = question.tag_list
    if TABLE in tags or _is_in_table(question, documents):
        slices.append(TABLE)
    if MULTI_HOP in tags or len(documents) > 1:
        slices.append(MULTI_HOP)
    if not question.answers:
        slices.append(UNANSWERABLE)
    return slices + [f"tag:{tag}" for tag in tags if tag not in (TABLE, MULTI_HOP)]


def _ranked(ranked: Sequence[str], relevant: frozenset[str]) -> dict[str, float]:
    recalls = {f"recall_at_{k}": ranking.recall(ranked, relevant, k=k) for k in (1, 5, 10)}
    return recalls | {
        "mrr": metrics.reciprocal_rank(ranked, relevant),
        "ndcg_at_10": ranking.ndcg(ranked, relevant, k=10),
    }


def _said(given: Answer, answers: Sequence[str]) -> dict[str, float]:
    if not given.is_answered:
        return {"em": 0.0, "f1": 0.0, "answer_right": 0.0}
    short = given.short_answer or given.text
    return {
        "em": metrics.exact_match(short, answers),
        "f1": metrics.f1(short, answers),
        "answer_right": float(any(metrics.contains(given.text, one) for one in answers)),
    }


def _is_in_table(question: GoldenQuestion, documents: Sequence[Document]) -> bool:
    wanted = [text for text in (question.evidence, *question.answers) if text]
    versions = [document.current_version_id for document in documents]
    if not wanted or not versions:
        return False
    pages = Page.objects.filter(version__in=versions, text__contains=wanted[0])
    return any(_holds_in_table(page, wanted[0]) for page in pages[:20])


def _holds_in_table(page: Page, wanted: str) -> bool:
    return any(
        block.kind is BlockKind.TABLE and wanted in page.text[block.start : block.end]
        for block in blocks_of(page)
    )
