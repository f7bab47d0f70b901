"""What golden sets and their runs hold of documents and of people, and how it goes."""

from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import User
from apps.evaluation.models import (
    EvaluationResult,
    EvaluationRun,
    GateDecision,
    GoldenQuestion,
    GoldenSet,
)
from apps.generation.models import Trace
from apps.knowledge.models import Document


def results_forget() -> int:
    """Take the answers out of results that quote a document which was deleted; their figures stay.
    The sets of a deleted collection go with their runs. Returns how many answers and sets.
    """
    sets = GoldenSet.objects.filter(collection__deleted_at__isnull=False)
    gone_sets = sets.delete()[1].get(GoldenSet._meta.label, 0)
    gone = Document.objects.filter(
        Q(deleted_at__isnull=False)
        | Q(collection__deleted_at__isnull=False)
        | Q(current_version=None, versions__erased_at__isnull=False)
    )
    told = EvaluationResult.objects.exclude(answer="").filter(cited__in=gone.values("pk"))
    keys = list(told.values_list("pk", flat=True).distinct())
    return gone_sets + EvaluationResult.objects.filter(pk__in=keys).update(answer="")


def drafts_of_person_forget(user: User) -> int:
    """Drafts that were taken from the person's questions go; what a curator took into a set stays,
    without a name. Returns how many drafts."""
    asked = Trace.objects.filter(user=user).values("uuid")
    drafts = GoldenQuestion.objects.filter(
        state=GoldenQuestion.State.DRAFT, harvested_from__in=asked
    )
    gone = drafts.delete()[1].get(GoldenQuestion._meta.label, 0)
    GoldenQuestion.objects.filter(created_by=user).update(created_by=None)
    GoldenSet.objects.filter(created_by=user).update(created_by=None)
    EvaluationRun.objects.filter(requested_by=user).update(requested_by=None)
    GateDecision.objects.filter(by=user).update(by=None)
    return gone


def drafts_of_gone_askings_forget() -> int:
    """Drafts whose question its asker deleted, or whose time is over, go. Returns how many."""
    drafts = GoldenQuestion.objects.filter(state=GoldenQuestion.State.DRAFT)
    kept = Trace.objects.filter(uuid=OuterRef("harvested_from"))
    gone = drafts.exclude(harvested_from=None).exclude(Exists(kept))
    return gone.delete()[1].get(GoldenQuestion._meta.label, 0)
