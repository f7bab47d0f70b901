"""The request ledger's tables: a row for each request, its figures by time, gauges by time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

NETWORK_CHARACTERS, NAME_CHARACTERS = 43, 100


class RequestRecord(models.Model):
    """A request to a use-case, whatever became of it. What was asked is not in it.

    Ids are plain numbers: a row outlives what it names. Milliseconds are null where a stage did not
    run. Whoever is erased leaves their rows (apps.ops.erasing.people).
    """

    at = models.DateTimeField()  # when it began, by the database's clock
    surface = models.CharField(max_length=12)  # apps.core.metering.Surface, and so on
    kind = models.CharField(max_length=12)
    outcome = models.CharField(max_length=12)
    status = models.SmallIntegerField(default=0)  # of HTTP; of a broken stream, its error's
    code = models.CharField(max_length=64, blank=True, default="")  # of the error
    user_id = models.BigIntegerField(null=True, blank=True)
    key_id = models.BigIntegerField(null=True, blank=True)
    network = models.CharField(max_length=NETWORK_CHARACTERS, blank=True, default="")
    node = models.CharField(max_length=NAME_CHARACTERS)
    queue_ms = models.FloatField(null=True, blank=True)
    embed_ms = models.FloatField(null=True, blank=True)
    dense_ms = models.FloatField(null=True, blank=True)
    lexical_ms = models.FloatField(null=True, blank=True)
    fuse_ms = models.FloatField(null=True, blank=True)
    read_ms = models.FloatField(null=True, blank=True)
    generate_ms = models.FloatField(null=True, blank=True)
    verify_ms = models.FloatField(null=True, blank=True)
    first_token_ms = models.FloatField(null=True, blank=True)
    total_ms = models.FloatField(default=0.0)
    tokens_in = models.IntegerField(default=0)
    tokens_cached = models.IntegerField(default=0)  # of `tokens_in`
    tokens_out = models.IntegerField(default=0)
    engine = models.CharField(max_length=NAME_CHARACTERS, blank=True, default="")
    model = models.CharField(max_length=NAME_CHARACTERS, blank=True, default="")
    generation = models.BigIntegerField(default=0)  # of the index; 0: nothing was searched
    trace = models.UUIDField(null=True, blank=True)
    collection = models.UUIDField(null=True, blank=True)
    document = models.UUIDField(null=True, blank=True)
    is_injection = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64, blank=True, default="")  # as in the logs

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [
            models.Index(fields=["at", "id"], name="ledger_at_idx"),
            models.Index(fields=["outcome", "at"], name="ledger_outcome_idx"),
            models.Index(
                fields=["user_id", "at"],
                condition=models.Q(user_id__isnull=False),
                name="ledger_user_idx",
            ),
            models.Index(
                fields=["key_id", "at"],
                condition=models.Q(key_id__isnull=False),
                name="ledger_key_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.surface} {self.kind} {self.outcome}"


class Level(models.TextChoices):
    """How long a time one row of figures is of."""

    PENDING = "pending"  # a batch of requests of one minute, not yet added to the rows below
    MINUTE = "minute"
    QUARTER = "quarter"  # of an hour
    HOUR = "hour"
    SHIFT = "shift"  # six hours
    DAY = "day"  # in service.time_zone
    EVER = "ever"


class LedgerRollup(models.Model):
    """Figures of the requests that began in one minute, hour, ...: counts, sums and histograms.

    Each request is in the row of its surface, kind and node, in that of its kind alone (the others
    empty), and in that of all (all three empty). PENDING and EVER: only in the first.
    """

    level = models.CharField(max_length=8, choices=Level.choices)
    start = models.DateTimeField()
    surface = models.CharField(max_length=12, blank=True, default="")
    kind = models.CharField(max_length=12, blank=True, default="")
    node = models.CharField(max_length=NAME_CHARACTERS, blank=True, default="")
    batch = models.CharField(max_length=32, blank=True, default="")  # of PENDING: one of its own
    figures = models.JSONField(default=dict)  # apps.ops.ledger.figures

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "start", "surface", "kind", "node", "batch"],
                name="ledger_rollup_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.start:%Y-%m-%d %H:%M} {self.surface} {self.kind} {self.node}"


class LedgerGauge(models.Model):
    """What was measured now and then, rolled up: of processes, machines, queues, indexes."""

    class Of(models.TextChoices):
        PROCESS = "process"  # `name`: its kind; all processes of this kind on the node together
        MACHINE = "machine"
        QUEUE = "queue"  # of jobs; `name`: the stage they wait for; no node
        INDEX = "index"

    level = models.CharField(max_length=8, choices=Level.choices)
    start = models.DateTimeField()
    of = models.CharField(max_length=8, choices=Of.choices)
    node = models.CharField(max_length=NAME_CHARACTERS, blank=True, default="")
    name = models.CharField(max_length=32, blank=True, default="")
    samples = models.IntegerField(default=1)
    figures = models.JSONField(default=dict)  # {name: [sum, least, most, samples]}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level", "start", "of", "node", "name"], name="ledger_gauge_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.start:%Y-%m-%d %H:%M} {self.of} {self.node} {self.name}"
