"""Deleting what is kept of a person: what they asked and were told, wrote, and signed in with."""

import uuid
from collections import Counter

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext

from apps.accounts import leaving
from apps.accounts.models import SignInAttempts, User
from apps.accounts.restrictions import require_other_administrator
from apps.core.errors import Conflict, Forbidden
from apps.generation.models import Conversation, CuratedAnswer, Feedback, OpenQuestion, Trace
from apps.generation.open_questions import orphans_remove
from apps.knowledge.models import Erasure, Pin, Version
from apps.ops.anomalies.forgetting import habits_forget
from apps.ops.ledger.pruning import person_forget
from apps.ops.report_records import MonthlyReport
from ingest.models import Job, JobState

NAMESPACE = uuid.UUID("c9c1a1a5-2b8c-4c3e-9a60-6c1b4a2d7f10")


@transaction.atomic
def user_data_delete(*, user: User, by: User) -> Erasure:
    """Delete all that is kept of the user, save the account itself; every session of theirs ends.

    Documents they sent stay, without their name. Raises Forbidden unless it is one's own data, or
    `by` is an administrator.
    """
    if by.pk != user.pk and not by.is_superuser:
        raise Forbidden(gettext("Only administrators delete the data of others."))
    counts: Counter[str] = Counter()
    counts["golden"] = sum(forget(user) for forget in leaving.registered().values())
    counts["conversations"] = Conversation.objects.filter(user=user).count()
    counts["traces"] = Trace.objects.filter(user=user).count()
    Trace.objects.filter(user=user).delete()  # with verdicts, shares and askings
    Conversation.objects.filter(user=user).delete()
    orphans_remove()
    counts["requests"] = person_forget(user)
    habits = habits_forget(user)
    counts["keys"] = user.api_keys.all().delete()[0]
    counts["sessions"] = _sessions_end(user)
    others = (
        Feedback.objects.filter(user=user),
        Pin.objects.filter(user=user),
        SignInAttempts.objects.filter(name=user.username),
        user.idempotency_records.all(),
    )
    counts["others"] = habits + sum(rows.delete()[0] for rows in others)
    _names_leave(user)
    return Erasure.objects.create(
        target=Erasure.Target.USER,
        target_uuid=person_id(user),
        requested_by=by,
        counts=dict(counts),
        change_seq=0,  # no index holds any of it
    )


@transaction.atomic
def user_account_delete(*, user: User, by: User) -> Erasure:
    """Delete the user with all that is kept of them. Raises Forbidden, and Conflict for oneself
    and for the last administrator who can sign in."""
    if user.pk == by.pk:
        raise Conflict(gettext("Nobody deletes their own account; ask another administrator."))
    require_other_administrator(user)
    erasure = user_data_delete(user=user, by=by)
    user.delete()
    return erasure


def person_id(user: User) -> uuid.UUID:
    """What receipts call the user: the same for the same account, and no name."""
    return uuid.uuid5(NAMESPACE, str(user.pk))


def _sessions_end(user: User) -> int:
    """Sessions do not say in a column whose they are."""
    mine = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=mine).delete()[0]


def _names_leave(user: User) -> None:
    """What they did for everybody stays, without their name; work under way needs it to its end."""
    Version.objects.filter(created_by=user).update(created_by=None)
    over = [JobState.DONE, JobState.FAILED, JobState.CANCELLED]
    Job.objects.filter(created_by=user, state__in=over).update(created_by=None)
    CuratedAnswer.objects.filter(created_by=user).update(created_by=None)
    MonthlyReport.objects.filter(made_by=user).update(made_by=None)
    OpenQuestion.objects.filter(settled_by=user).update(settled_by=None)
