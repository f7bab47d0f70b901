"""What `clawdbot doctor` looks at with Django: database, broker, model, index, jobs."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from apps.core import clock, config
from apps.core.errors import Conflict
from apps.core.nodes import node_name
from apps.knowledge import changes
from apps.retrieval import embedding, generation_models, index_state, shared_vectors
from apps.retrieval.embedders import model_folder, transformer_folder
from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.models import EmbeddingGeneration, NodeIndex
from clawdbot_site.celery import app as celery_app
from clawdbot_site.cli.boundary import DATABASE_ADVICE
from clawdbot_site.cli.console import counted
from clawdbot_site.installation import migrations
from clawdbot_site.installation.backup_checks import backup_finding
from clawdbot_site.installation.connection_checks import connection_findings
from clawdbot_site.installation.database_checks import database_findings
from clawdbot_site.installation.findings import Finding
from clawdbot_site.installation.model_checks import model_findings
from clawdbot_site.installation.node_checks import cluster_findings
from clawdbot_site.installation.originals_checks import originals_findings
from clawdbot_site.installation.proxy_checks import proxy_findings
from clawdbot_site.installation.serving_checks import serving_findings
from ingest.models import Job, JobState
from ingest.selectors import indexed_seq

NAMED = "Set model.embedder to the folder of a model: the next start refuses this one."
LATE_VERIFICATION = timedelta(days=3)
LATE_AFTER = timedelta(minutes=2)
BROKER_TIMEOUT_S = 3


def data_findings() -> Iterator[Finding]:
    """One finding a check, in a fixed order; where the database refuses, that and the broker."""
    try:
        yield from _all_findings()
    except DatabaseError as error:
        connection.close()
        said = type(error).__name__
        yield Finding("database", f"{connection.vendor}: {said}", _database_remedy(str(error)))
        yield _broker()


def _all_findings() -> Iterator[Finding]:
    yield from database_findings()
    missing = migrations.unapplied()
    remedy = "Run: clawdbot restart" if missing else ""
    yield Finding("migrations", f"{len(missing)} missing" if missing else "all applied", remedy)
    yield _broker()
    yield from _models(_embedder_dir() if not missing else config.load().embedder_dir)
    if not missing:
        yield from _vectors()
        yield _index()
        yield _verification()
        yield from _milvus()
        yield from model_findings()
        yield from cluster_findings()
        yield from connection_findings()
        yield from originals_findings()
        yield from proxy_findings()
        yield _jobs()
        yield backup_finding()
        yield from serving_findings()


def _database_remedy(said: str) -> str:
    """What to do, by what the database says."""
    known = [advice for words, advice in DATABASE_ADVICE.items() if words in said]
    return known[0] if known else "See its own log, and: clawdbot logs web"


def _broker() -> Finding:
    transport = str(celery_app.conf.broker_url).split(":", 1)[0]
    try:
        with celery_app.connection_for_write(connect_timeout=BROKER_TIMEOUT_S) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_S)
    except (OperationalError, OSError):
        return Finding("broker", f"{transport}: no answer", "Start it, or check broker.url.")
    return Finding("broker", transport)


def _embedder_dir() -> Path:
    """Of the model in use, which need not be the configured one."""
    try:
        return generation_models.model_of(embedding.current_generation())[0]
    except (Conflict, ModelDamaged):
        return config.load().embedder_dir


def _models(embedder: Path) -> Iterator[Finding]:
    settings = config.load()
    yield _model("model", embedder)
    if settings.embedder_dir != embedder:
        named = _model("embedder", settings.embedder_dir)
        yield named if named.is_fine else replace(named, remedy=NAMED)
    if settings.retrieval.read:
        yield _model("reader", settings.reader_dir)
    else:
        yield Finding("reader", "switched off (retrieval.read is 0)")


def _model(name: str, folder: Path) -> Finding:
    wanted = _expected_hashes(folder)
    wrong = [name for name, sha256 in wanted.items() if _sha256(folder / name) != sha256]
    if not wanted or wrong:
        seen = f"{', '.join(wrong)} damaged" if wrong else f"no model in {folder}"
        return Finding(name, seen, "Get the files anew: git checkout -- models")
    return Finding(name, f"{folder.name}, {counted(len(wanted), 'file')} as published")


def _vectors() -> Iterator[Finding]:
    try:
        generation, problem = embedding.searched_generation()
    except ModelDamaged:
        return  # told of the model already
    yield Finding("vectors", f"made by {generation}", problem)
    ready = EmbeddingGeneration.objects.filter(state=EmbeddingGeneration.State.READY)
    for waiting in ready:
        yield Finding("vectors", f"{waiting} is built and waits: clawdbot index flip {waiting.pk}")


def _index() -> Finding:
    lag = changes.latest() - indexed_seq()
    remedy = "Is the indexer running? See: clawdbot logs indexer" if lag > 0 else ""
    return Finding("index", f"{counted(lag, 'change')} behind" if lag else "up to date", remedy)


def _verification() -> Finding:
    """What the last verify of this node found; it is done every night."""
    index = NodeIndex.objects.filter(node=node_name()).first()
    if index is None or index.verified_at is None:
        return Finding("verified", "not yet; now: clawdbot index verify")
    found = index_state.status().verified
    if index.verification.get("findings"):
        return Finding("verified", found, "Run: clawdbot index verify --repair")
    is_late = clock.now() - index.verified_at > LATE_VERIFICATION
    remedy = "The indexer does it every night. See: clawdbot logs indexer" if is_late else ""
    return Finding("verified", found, remedy)


def _milvus() -> Iterator[Finding]:
    state = shared_vectors.state()
    if state is None:
        return
    if not state.version:
        remedy = "Start Milvus, or see index.milvus_uri. Until then words alone are searched."
        yield Finding("milvus", "does not answer", remedy)
        return
    remedy = "Is an indexer running? See: clawdbot logs indexer" if state.lag else ""
    seen = (
        f"{state.version}, {counted(state.rows, 'vector')}, {counted(state.lag, 'change')} behind"
    )
    yield Finding("milvus", seen, remedy)


def _jobs() -> Finding:
    late = Job.objects.filter(
        state=JobState.QUEUED, waiting_since__lt=clock.now() - LATE_AFTER
    ).count()
    failed = Job.objects.filter(state=JobState.FAILED).count()
    remedy = "Are the workers running? See: clawdbot logs worker-parse" if late else ""
    return Finding("jobs", f"{late} waiting for long, {failed} failed", remedy)


def _expected_hashes(folder: Path) -> dict[str, str]:
    if transformer_folder.is_one(folder):
        return model_folder.describe(folder).files
    try:
        card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found: dict[str, str] = card.get("files", {})
    return found


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
