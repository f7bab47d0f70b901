"""Whether this installation can do its work: one check for each part it needs."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from celery import current_app
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from kombu.exceptions import OperationalError

from apps.core import clock, config
from apps.core.errors import ClawdbotError
from apps.core.nodes import node_name
from apps.core.sizes import parse_size
from apps.generation.engines.builtin import BuiltinEngine
from apps.knowledge import changes
from apps.knowledge.models import Version
from apps.ops.anomaly_health import anomalies
from apps.ops.backup_health import backups
from apps.ops.checks import TONES, Check
from apps.ops.model_health import model_servers
from apps.ops.model_keeping.overview import Served, served
from apps.ops.nodes.selectors import NodeSeen, nodes
from apps.ops.nodes.words import node_checks
from apps.ops.report_health import reports
from apps.retrieval import embedding, generation_models, shared_vectors
from apps.retrieval.model_files import ModelFiles
from apps.retrieval.models import NodeIndex
from apps.retrieval.reader import model_folder as reader_folder
from apps.retrieval.verified import verified
from ingest.presence import Presence, presence

BEHIND_AFTER = timedelta(seconds=30)  # the indexer usually needs less than a second
BROKER_TIMEOUT_S = 1
NODE_FORGOTTEN_AFTER = timedelta(days=1)
SPARE = 5  # times storage.min_free: below it the disk is worth a warning


@dataclass(frozen=True, slots=True)
class Health:
    """All checks, and what they were made from: workers' presence, models' servers, nodes."""

    checks: Sequence[Check]
    presence: Presence
    served: Sequence[Served]
    nodes: Sequence[NodeSeen]

    @property
    def troubles(self) -> list[Check]:
        """Those that somebody has to act on, the worst first."""
        return sorted(
            (check for check in self.checks if check.advice), key=lambda check: check.tone != "bad"
        )


def health() -> Health:
    """Look at every part now. Takes at most about a second, when the broker is out of reach."""
    found, models, known = presence(), served(), nodes()
    checks = [
        _database(),
        _index(),
        _verification(),
        _workers(found),
        _broker(),
        _disk(),
        backups(),
        anomalies(),
        reports(),
        _models(),
        *model_servers(models),
        *_vectors(),
        *node_checks(known),
    ]
    return Health(checks, found, models, known)


def _database() -> Check:
    vendor = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(
        connection.vendor, connection.vendor
    )
    return Check(gettext_lazy("Database"), "storage", "good", vendor)


def _index() -> Check:
    name, page = gettext_lazy("Index"), "admin:retrieval_nodeindex_changelist"
    latest = changes.latest()
    index = NodeIndex.objects.filter(node=node_name()).first()
    lag = max(0, latest - (index.change_seq if index else 0))
    if not lag:
        rows = index.rows if index else 0
        words = ngettext("Up to date, %(n)s chunk", "Up to date, %(n)s chunks", rows)
        return Check(name, "database", "good", words % {"n": rows}, page=page)
    words = ngettext("%(n)d change behind", "%(n)d changes behind", lag) % {"n": lag}
    newest = Version.objects.filter(change_seq=latest).values_list("published_at", flat=True)
    published = newest.first()
    if published is None or clock.now() - published < BEHIND_AFTER:
        return Check(name, "database", "busy", words, page=page)
    advice = _(
        "The indexer does not follow: new documents are not found. Start it: clawdbot start."
    )
    return Check(name, "database", "bad", words, advice, page)


def _vectors() -> list[Check]:
    """Only where they are not in files of each node."""
    state, name = shared_vectors.state(), gettext_lazy("Milvus")
    page = "admin:retrieval_nodeindex_changelist"
    if state is None:
        return []
    if not state.version:
        advice = _("Passages are found by words only. Start Milvus, or see index.milvus_uri.")
        return [Check(name, "hub", "bad", _("Out of reach"), advice, page)]
    if state.lag:
        words = ngettext("%(n)d change behind", "%(n)d changes behind", state.lag)
        return [Check(name, "hub", "busy", words % {"n": state.lag}, page=page)]
    words = ngettext("Up to date, %(n)s chunk", "Up to date, %(n)s chunks", state.rows)
    return [Check(name, "hub", "good", words % {"n": state.rows}, page=page)]


def _verification() -> Check:
    """The worst of the nodes."""
    name, page = gettext_lazy("Verification"), "admin:retrieval_nodeindex_changelist"
    nodes = NodeIndex.objects.filter(updated_at__gte=clock.now() - NODE_FORGOTTEN_AFTER)
    states = sorted(map(verified, nodes), key=lambda state: TONES.index(state.tone))
    if not states:
        return Check(name, "rule", "good", _("Nothing to verify yet"), page=page)
    worst, advice = states[0], ""
    if worst.has_drift:
        advice = _("What is stored differs from the database. Searches go on; have it repaired.")
        repair = "admin:retrieval_nodeindex_ask_for_repair"
        return Check(name, "rule", worst.tone, worst.words, advice, page, repair, _("Repair"))
    if worst.tone == "warn":
        advice = _("The nightly verification does not run. Look at: clawdbot logs indexer.")
    return Check(name, "rule", worst.tone, worst.words, advice, page)


def _workers(found: Presence) -> Check:
    name, page = gettext_lazy("Workers"), "admin:ingest_job_changelist"
    if found.is_missing:
        words = _("Nobody works on jobs")
        advice = _("No worker is running. Start it: clawdbot start.")
        if found.waiting_since:
            waited = timesince(found.waiting_since, depth=1)
            advice += " " + _("The oldest job has waited for %(time)s.") % {"time": waited}
        return Check(name, "engineering", "bad", words, advice, page)
    if found.running:
        words = ngettext("%(n)d job is being worked on", "%(n)d jobs are being worked on",
                         found.running) % {"n": found.running}  # fmt: skip
        return Check(name, "engineering", "busy", words, page=page)
    if found.waiting:
        words = ngettext("%(n)d job waits", "%(n)d jobs wait", found.waiting) % {"n": found.waiting}
        return Check(name, "engineering", "busy", words, page=page)
    words = _("Ready, nothing to do") if found.seen_at else _("Nothing to do")
    return Check(name, "engineering", "good", words, page=page)


def _broker() -> Check:
    name = gettext_lazy("Broker")
    kind = "Redis" if config.load().broker.url != "filesystem" else _("Files")
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_TIMEOUT_S) as link:
            link.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_S)
    except (OperationalError, OSError):
        advice = _(
            "The broker is out of reach: jobs begin late, and each node counts limits for itself. "
            "Start it, or set broker.url."
        )
        return Check(name, "notifications", "bad", _("Out of reach"), advice)
    return Check(name, "notifications", "good", kind)


def _disk() -> Check:
    settings, name = config.load(), gettext_lazy("Disk of the data folder")
    try:
        usage = shutil.disk_usage(settings.data_dir)
    except OSError:
        advice = _("The data folder cannot be read. See storage.data_dir in clawdbot.yaml.")
        return Check(name, "hard_drive", "bad", _("Out of reach"), advice)
    words = _("%(free)s of %(total)s free") % {
        "free": filesizeformat(usage.free),
        "total": filesizeformat(usage.total),
    }
    least = parse_size(settings.storage.min_free)
    if usage.free < least:
        advice = _("Uploads are refused: free some disk, or lower storage.min_free.")
        return Check(name, "hard_drive", "bad", words, advice)
    if usage.free < SPARE * least:
        return Check(name, "hard_drive", "warn", words, _("The disk is nearly full."))
    return Check(name, "hard_drive", "good", words)


def _models() -> Check:
    """Named and there; `clawdbot doctor` compares every byte."""
    name, page = gettext_lazy("Models"), "admin:retrieval_embeddinggeneration_changelist"
    advice = _("A model is missing or damaged. See: clawdbot doctor.")
    try:
        described = _described_models()
        BuiltinEngine().model_sha256  # noqa: B018  # read from its file
    except (ClawdbotError, OSError, ValueError, KeyError) as error:
        words = error.message if isinstance(error, ClawdbotError) else _("Cannot be read")
        return Check(name, "neurology", "bad", words, advice, page)
    missing = [
        file for folder, one in described for file in one.files if not (folder / file).exists()
    ]
    if missing:
        return Check(name, "neurology", "bad", ", ".join(missing), advice, page)
    return Check(name, "neurology", "good", ", ".join(one.name for _, one in described), page=page)


def _described_models() -> Sequence[tuple[Path, ModelFiles]]:
    """Of the models that search uses: their folders and descriptions. Raises ModelDamaged."""
    settings = config.load()
    embedder = generation_models.model_of(embedding.current_generation())
    described: list[tuple[Path, ModelFiles]] = [embedder]
    if settings.retrieval.read:
        described.append((settings.reader_dir, reader_folder.describe(settings.reader_dir)))
    return described
