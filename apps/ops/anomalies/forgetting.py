"""What is known of a person's habits, and what was found about them, goes when they are erased."""

from django.db.models import Q

from apps.accounts.models import ApiKey, Restriction, User
from apps.ops.anomalies.habit import Habit
from apps.ops.anomalies.watch import ALL
from apps.ops.models import Anomaly, AnomalyDeed, AnomalyHabit


def habits_forget(user: User) -> int:
    """Before the user's keys are gone. Returns how many rows went. What they did about others stays
    without their name."""
    keys = list(ApiKey.objects.filter(user=user).values_list("pk", flat=True))
    names = [f"user:{user.pk}", *(f"key:{key}" for key in keys)]
    found = Anomaly.objects.filter(Q(user_id=user.pk) | Q(key_id__in=keys)).delete()[0]
    known = AnomalyHabit.objects.filter(subject__in=names).delete()[0]
    for row in AnomalyHabit.objects.filter(subject__startswith="net:").iterator(chunk_size=200):
        _name_leaves(row, names)
    AnomalyDeed.objects.filter(by=user).update(by=None)
    Anomaly.objects.filter(settled_by=user).update(settled_by=None)
    Restriction.objects.filter(made_by=user).update(made_by=None)
    Restriction.objects.filter(lifted_by=user).update(lifted_by=None)
    for row in AnomalyHabit.objects.filter(pk=ALL):
        _company_forgets(row, names)
    return found + known


def _name_leaves(row: AnomalyHabit, names: list[str]) -> None:
    habit = Habit.read(row.learned)
    kept = {one: at for one, at in habit.callers.items() if one not in names}
    if len(kept) < len(habit.callers):
        habit.callers = kept
        row.learned = habit.told()
        row.save(update_fields=["learned"])


def _company_forgets(row: AnomalyHabit, names: list[str]) -> None:
    """Of who was there in the last hours."""
    company = row.learned.get("company", {})
    for part in ("present", "unusual", "keys", *company.get("troubled", {})):
        seen = company.get(part) or company.get("troubled", {}).get(part) or {}
        for name in names:
            seen.pop(name, None)
    newcomers = company.get("newcomers", {})
    for one in [one for one in newcomers if one.partition(" ")[0] in names]:
        del newcomers[one]
    row.save(update_fields=["learned"])
