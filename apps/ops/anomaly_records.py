"""Rows of anomalies: what was found, what was done about it, by which policy, and what is usual."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.restriction_records import Restriction
from apps.core.models import PublicModel
from apps.ops.anomalies import kinds


class Anomaly(PublicModel):
    """Something unusual about a subject. While it is open or acknowledged, the same thing again
    adds to it: `count` is how often it was found.

    `user_id` and `key_id` are numbers, not relations: rows of people are erased by
    `apps.ops.erasing.people`. `evidence`: see `apps.ops.anomalies.findings.Finding`.
    """

    rule = models.CharField(_("kind"), max_length=32, choices=kinds.Rule.choices)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=kinds.Severity.choices)
    state = models.CharField(
        _("state"), max_length=16, choices=kinds.State.choices, default=kinds.State.OPEN
    )
    subject_kind = models.CharField(_("about"), max_length=8, choices=kinds.Subject.choices)
    subject = models.CharField(max_length=80)  # user:7, key:3, net:10.0.0.0/24, all:ask
    user_id = models.BigIntegerField(null=True, blank=True)
    key_id = models.BigIntegerField(null=True, blank=True)
    network = models.CharField(max_length=64, blank=True, default="")
    evidence = models.JSONField(default=dict, blank=True)
    count = models.PositiveIntegerField(_("times"), default=1)
    first_seen = models.DateTimeField(_("first seen"))
    last_seen = models.DateTimeField(_("last seen"))
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-last_seen", "-id"]
        verbose_name = _("anomaly")
        verbose_name_plural = _("anomalies")
        indexes = [models.Index(fields=["state", "-last_seen"], name="anomaly_state_seen")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"],
                condition=Q(state__in=["open", "acknowledged"]),
                name="anomaly_one_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_rule_display())


class AnomalyDeed(models.Model):
    """What was done about an anomaly. Messages wait here until they have arrived."""

    anomaly = models.ForeignKey(Anomaly, on_delete=models.CASCADE, related_name="deeds")
    deed = models.CharField(max_length=16, choices=kinds.Deed.choices)
    outcome = models.CharField(
        max_length=16, choices=kinds.Outcome.choices, default=kinds.Outcome.DONE
    )
    at = models.DateTimeField()
    by = models.ForeignKey(  # none: the program
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(blank=True, default="")  # of who did it, or why it failed
    restriction = models.ForeignKey(
        Restriction, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)  # of a waiting one

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["outcome", "next_at"], name="anomaly_deed_waiting")]

    def __str__(self) -> str:
        return f"{self.deed} {self.outcome}"


class AnomalyPolicy(models.Model):
    """What is done about anomalies of one rule. Without a row: told as configured, nothing more."""

    rule = models.CharField(
        _("kind"), max_length=32, choices=kinds.Rule.choices, unique=True, editable=False
    )
    is_on = models.BooleanField(_("looked for"), default=True)
    tell_from = models.PositiveSmallIntegerField(
        _("tell from"), choices=kinds.Severity.choices, default=kinds.Severity.MEDIUM
    )
    measure = models.CharField(
        _("do"), max_length=16, choices=kinds.Measure.choices, default=kinds.Measure.NONE
    )
    measure_from = models.PositiveSmallIntegerField(
        _("do it from"), choices=kinds.Severity.choices, default=kinds.Severity.HIGH
    )
    measure_minutes = models.PositiveIntegerField(_("for minutes"), default=60)
    requests_per_minute = models.PositiveIntegerField(_("requests per minute"), default=6)

    class Meta:
        ordering = ["rule"]
        verbose_name = _("anomaly rule")
        verbose_name_plural = _("anomaly rules")

    def __str__(self) -> str:
        return str(self.get_rule_display())


class AnomalyHabit(models.Model):
    """What is usual for a subject, as `apps.ops.anomalies.habit` learned it."""

    subject = models.CharField(max_length=80, primary_key=True)
    learned = models.JSONField(default=dict)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.subject


class AnomalyCursor(models.Model):
    """One row: up to which request of the ledger everything was looked at."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    record_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True, blank=True)  # of that request

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="anomaly_cursor_single_row"),
        ]

    def __str__(self) -> str:
        return str(self.record_id)
