"""What a purge takes from curated answers and the curators' list."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.generation.models import CuratedAnswer, CuratedSource, OpenQuestion
from apps.knowledge.models import Document


def curated_forget(version_ids: Sequence[int]) -> int:
    """Remove the quotes drawn from deleted documents; returns how many. Safe to repeat.

    Their answers are out of use from then on: their words and marks counted on every source.
    """
    gone = Document.objects.filter(versions__in=version_ids).exclude(deleted_at=None)
    with transaction.atomic():
        quotes = CuratedSource.objects.filter(document__in=gone.values("pk"))
        answers = set(quotes.values_list("answer_id", flat=True))
        removed = quotes.delete()[0]
        CuratedAnswer.objects.filter(pk__in=answers, is_active=True).update(
            is_active=False, updated_at=timezone.now()
        )
    return removed


def collections_forget() -> int:
    """Remove what curators wrote and were asked in deleted collections; returns how many rows."""
    answers = CuratedAnswer.objects.exclude(collection__deleted_at=None).delete()[0]
    return (
        answers
        + OpenQuestion.objects.exclude(collection__deleted_at=None)
        .exclude(collection=None)
        .delete()[0]
    )
