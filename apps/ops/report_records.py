"""Monthly reports and their files; what the machines cost, and what a cloud would ask for."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import PublicModel

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, like EUR or CNY."))
NOT_NEGATIVE = MinValueValidator(0)


def _money(name: Any, help_text: Any = "") -> Any:
    return models.DecimalField(
        name, max_digits=14, decimal_places=4, null=True, blank=True,
        validators=[NOT_NEGATIVE], help_text=help_text,
    )  # fmt: skip


class MonthlyReport(PublicModel):
    """What is told of one month. Its figures are kept as they were when it was made.

    The row is the truth about the work: whoever holds the lease makes it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    month = models.DateField(_("month"), unique=True)  # its first day
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.WAITING
    )
    figures = models.JSONField(default=dict, blank=True)  # apps.ops.reports.figures
    is_final = models.BooleanField(_("complete"), default=False)  # the month was over
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    message = models.TextField(blank=True, default="")  # why it failed
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=300, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)
    mail_tried_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveIntegerField(default=0)
    mail_message = models.TextField(blank=True, default="")  # why it was not mailed

    class Meta:
        ordering = ["-month"]
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="running") | models.Q(lease_until__isnull=False),
                name="report_running_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ReportFile(models.Model):
    """A report as a file in one language; made with it, replaced with it."""

    report = models.ForeignKey(MonthlyReport, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(max_length=16)
    media_type = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "language", "media_type"], name="report_file_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.language} {self.media_type}"


class PriceRow(PublicModel):
    """What a cloud asks for the same, as the administrator entered it. None are shipped."""

    name = models.CharField(_("offer"), max_length=120, unique=True)
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    per_million_in = _money(_("per million tokens read"))
    per_million_out = _money(_("per million tokens written"))
    per_question = _money(_("per question"))
    per_user_month = _money(_("per user and month"))
    per_month = _money(_("per month"), _("Whatever is used: a platform, storage, a minimum."))
    rate = models.DecimalField(
        _("exchange rate"), max_digits=14, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(0.000001)],
        help_text=_("Units of your own currency for one of this; not needed when they are one."),
    )  # fmt: skip
    source = models.CharField(
        _("source"), max_length=300, blank=True, default="",
        help_text=_("Where the prices are from, like an offer or a price list."),
    )  # fmt: skip
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    is_active = models.BooleanField(_("compare"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("cloud price")
        verbose_name_plural = _("cloud prices")

    def __str__(self) -> str:
        return self.name


class OwnCost(models.Model):
    """One row: what this installation costs, and what a cloud is assumed to be sent."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, default="", validators=[CURRENCY]
    )
    hardware = _money(_("price of the machines"))
    years = models.DecimalField(
        _("years of use"), max_digits=4, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0.5)],
        help_text=_("Over how many years the price is spread."),
    )  # fmt: skip
    power_w = models.DecimalField(
        _("power in watts"), max_digits=9, decimal_places=1, null=True, blank=True,
        validators=[NOT_NEGATIVE],
        help_text=_("Of all machines on average, cooling included; they run day and night."),
    )  # fmt: skip
    per_kwh = _money(_("price per kWh"))
    hours_month = models.DecimalField(
        _("hours of work per month"), max_digits=7, decimal_places=1, null=True, blank=True,
        validators=[NOT_NEGATIVE], help_text=_("Of those who look after it."),
    )  # fmt: skip
    per_hour = _money(_("cost of an hour of work"))
    per_month = _money(_("other costs per month"), _("Rent, network, support, licences."))
    tokens_in = models.PositiveIntegerField(
        _("tokens read per question"), null=True, blank=True,
        help_text=_("For questions answered without a language model, which a cloud would answer "
                    "with one. Empty: estimated from the passages that an engine is given."),
    )  # fmt: skip
    tokens_out = models.PositiveIntegerField(
        _("tokens written per question"), null=True, blank=True,
        help_text=_("The same for what the cloud would write."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("own costs")
        verbose_name_plural = _("own costs")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="own_cost_single_row"),
        ]

    def __str__(self) -> str:
        return str(_("Own costs"))
