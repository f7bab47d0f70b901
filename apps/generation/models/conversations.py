"""Conversations and the traces of their answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.models import PublicModel


class Conversation(PublicModel):
    """A row of questions of one user, each asked in the light of those before."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations"
    )
    title = models.CharField(max_length=300, blank=True, default="")
    # What it is narrowed to: {"collections": [uuid], "filters": {...}} as `ask` takes them.
    narrowing = models.JSONField(default=dict, blank=True)
    updated_at = clock.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return self.title or str(self.uuid)


class Trace(PublicModel):
    """One question and how its answer (or search) came about. Belongs to whoever asked."""

    class Kind(models.TextChoices):
        ASK = "ask", _("Question")
        SEARCH = "search", _("Search")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.ASK)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="traces"
    )
    conversation = models.ForeignKey(
        Conversation, null=True, blank=True, on_delete=models.CASCADE, related_name="traces"
    )
    question = models.TextField(_("question"))
    search_query = models.TextField(blank=True, default="")  # when rewritten from the question
    answer = models.TextField(_("answer"), blank=True, default="")
    short_answer = models.TextField(blank=True, default="")
    is_answered = models.BooleanField(_("answered"), default=False)
    confidence = models.FloatField(default=0.0)
    citations = models.JSONField(default=list)
    # [{chunk, document, version, legs, score, leg_scores, relevance}], best first
    candidates = models.JSONField(default=list)
    leant_on = models.JSONField(default=list)  # versions that earlier turns brought words of
    timings_ms = models.JSONField(default=dict)
    engine = models.CharField(max_length=100, blank=True, default="")
    model_sha256 = models.CharField(_("model (SHA-256)"), max_length=64, blank=True, default="")
    index_generation = models.PositiveBigIntegerField(_("index generation"), default=0)
    profile = models.CharField(_("profile"), max_length=32, blank=True, default="")
    # [{start, end, support, citations, reason, against}] of the answer
    sentences = models.JSONField(default=list)
    usage = models.JSONField(default=dict)  # {prompt_tokens, cached_tokens, completion_tokens}
    expansion = models.JSONField(default=list)  # names that a glossary added to the search
    degraded = models.JSONField(default=list)  # ["lexical leg unavailable", ...]
    # {program, embedder, embedder_sha256, reader_sha256, change_seq, language,
    #  considered: {leg or step: passages}, left_out: {collections, partly, documents}}
    made_with = models.JSONField(default=dict, db_default={})
    is_replaced = models.BooleanField(
        default=False
    )  # answered afresh: left out of its conversation

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["created_at"], name="trace_created_idx")]
        verbose_name = _("trace")
        verbose_name_plural = _("traces")

    def __str__(self) -> str:
        return self.question[:80]


class TraceSource(models.Model):
    """A trace holds words of this version: how a purge finds what it must remove."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="sources")
    version_id = models.PositiveBigIntegerField(db_index=True)  # no foreign key: outlives its row
    version_uuid = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trace", "version_id"], name="trace_source_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.trace_id}: {self.version_uuid}"


class Share(PublicModel):
    """Its owner lets others open this answer; each still needs the right to what it cites."""

    trace = models.OneToOneField(Trace, on_delete=models.CASCADE, related_name="share")

    def __str__(self) -> str:
        return f"{self.uuid}: {self.trace}"
