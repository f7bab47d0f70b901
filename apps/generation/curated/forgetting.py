"""What a purge takes from curated answers and the curators' list."""

from collections.abc import Sequence

from apps.core import clock
from apps.generation.models import CuratedAnswer, CuratedSource, OpenQuestion
from apps.knowledge.models import Document, Page, Version, VersionState


def curated_forget(version_ids: Sequence[int]) -> int:
    """Remove what rested on these deleted versions; returns how many quotes. Safe to repeat.

    A quote that the live version of its document has, too, stays. Of the other answers only the
    questions are left, out of use: their words were drawn from what is gone. Inside the caller's
    transaction.
    """
    quotes = CuratedSource.objects.filter(version_id_quoted__in=version_ids)
    quotes |= CuratedSource.objects.filter(
        document__in=Document.objects.filter(versions__in=version_ids)
        .exclude(deleted_at=None)
        .values("pk")
    )
    gone = [source for source in quotes if not _moved(source)]
    answers = {source.answer_id for source in gone}
    CuratedSource.objects.filter(pk__in=[source.pk for source in gone]).delete()
    CuratedAnswer.objects.filter(pk__in=answers).update(
        text="", is_active=False, updated_at=clock.now()
    )
    return len(gone)


def collections_forget() -> int:
    """Remove what curators wrote and were asked in deleted collections; returns how many rows."""
    answers = CuratedAnswer.objects.exclude(collection__deleted_at=None).delete()[0]
    return (
        answers
        + OpenQuestion.objects.exclude(collection__deleted_at=None)
        .exclude(collection=None)
        .delete()[0]
    )


def _moved(source: CuratedSource) -> bool:
    """Whether the quote stands in the live version of its document; it rests on that from now."""
    live = Version.objects.filter(
        document=source.document_id, document__deleted_at=None, state=VersionState.LIVE
    ).first()
    texts = Page.objects.filter(version=live).values_list("text", flat=True) if live else ()
    if live is None or not any(source.quote in text for text in texts):
        return False
    CuratedSource.objects.filter(pk=source.pk).update(version_id_quoted=live.pk)
    return True
