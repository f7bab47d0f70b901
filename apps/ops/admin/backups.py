"""Admin page of backups: when they were made, what was in them, why one was not."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy

from apps.core import config
from apps.core.adminsite import ModelAdmin, ReadOnly, SuperuserOnly, display, moment, pill
from apps.ops.backups.words import reason_words
from apps.ops.models import Backup

State = Backup.State
TONES = {State.RUNNING: "busy", State.DONE: "good", State.FAILED: "bad"}


@admin.register(Backup)
class BackupAdmin(SuperuserOnly, ReadOnly, ModelAdmin[Backup]):
    """They are made by schedule or on the command line; here they are looked at."""

    list_display = ("when", "state_now", "place", "documents", "added", "reason")
    list_filter = ("state", "is_scheduled")
    list_before_template = "ops/admin/backup_plan.html"
    nothing_yet = gettext_lazy("No backup was made yet")
    fields = ("when", "state_now", "place", "name", "documents", "added", "reason")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With when they are made, or how to begin."""
        plan = config.load().backup
        return super().changelist_view(request, {**(extra_context or {}), "plan": plan})

    @display(description=gettext_lazy("begun"), ordering="created_at")
    def when(self, row: Backup) -> str:
        """As people read it."""
        return moment(row.created_at)

    @display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, row: Backup) -> str:
        """With its colour."""
        return pill(TONES[State(row.state)], row.get_state_display())

    @display(description=gettext_lazy("name"))
    def name(self, row: Backup) -> str:
        """By which `clawdbot backup` and `restore` know it."""
        return row.snapshot

    @display(description=gettext_lazy("Documents"))
    def documents(self, row: Backup) -> str:
        """How many are in it."""
        return str(row.figures.get("documents", ""))

    @display(description=gettext_lazy("New data"))
    def added(self, row: Backup) -> str:
        """What it took of the disk."""
        size_bytes = row.figures.get("new_bytes")
        return "" if size_bytes is None else filesizeformat(size_bytes)

    @display(description=gettext_lazy("Reason"))
    def reason(self, row: Backup) -> str:
        """Why it failed, or what it lacks."""
        return reason_words(row)
