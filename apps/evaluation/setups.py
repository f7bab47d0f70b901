"""What is in force when golden questions are asked, part by part: two runs that differ say in what.

What one part holds is put as few words as tell it from any other state of it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext_lazy, pgettext_lazy

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.core.version import VERSION
from apps.evaluation.candidates import Candidate, tried
from apps.evaluation.golden_sets import questions_asked
from apps.evaluation.models import GoldenSet
from apps.generation.upstream import usual_model
from apps.knowledge.models import Document, VersionState
from apps.modelhub.models import Model, Profile
from apps.modelhub.profiles import ProfileSpec, profile_for
from apps.retrieval import embedding
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.reader import model_folder

Setup = dict[str, str]
DOCUMENTS, QUESTIONS = "documents", "questions"
NAMES: Mapping[str, Any] = {
    "program": gettext_lazy("Program"),
    "embedder": gettext_lazy("Embedding model"),
    "reader": pgettext_lazy("a model that reads passages", "Reader"),
    "retrieval": gettext_lazy("Settings of search"),
    "answers": gettext_lazy("Settings of answers"),
    "engine": gettext_lazy("Engine"),
    "profile": gettext_lazy("Profile"),
    DOCUMENTS: gettext_lazy("Documents"),
    QUESTIONS: gettext_lazy("Golden questions"),
}


def setup_of(golden_set: GoldenSet, candidate: Candidate) -> Setup:
    """What its questions would be asked with now, by part. About eight queries."""
    with tried(candidate) as named:
        spec = profile_for(named or golden_set.collection.profile or config.load().model.type)
        return {
            "program": VERSION,
            "embedder": _embedder(candidate),
            "reader": _reader(),
            "retrieval": _digest(config.load().retrieval.model_dump(mode="json")),
            "answers": _digest(_answering(golden_set)),
            "engine": _engine(spec),
            "profile": _profile(spec),
            DOCUMENTS: _documents(golden_set),
            QUESTIONS: _questions(golden_set),
        }


def fingerprint(setup: Mapping[str, str]) -> str:
    """The same for the same setup, 64 hexadecimal digits."""
    return hashlib.sha256(json.dumps(setup, sort_keys=True).encode()).hexdigest()


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """The parts that differ, in their order."""
    return [part for part in NAMES if old.get(part) != new.get(part)]


def _embedder(candidate: Candidate) -> str:
    key = candidate.get("generation")
    row = EmbeddingGeneration.objects.get(pk=key) if key else embedding.current_generation()
    return f"{row.model_name} {row.model_sha256[:12]}"


def _reader() -> str:
    settings = config.load()
    if not settings.retrieval.read:
        return "-"
    try:
        described = model_folder.describe(settings.reader_dir)
    except ClawdbotError:
        return "-"
    return f"{settings.reader_dir.name} {described.sha256[:12]}"


def _answering(golden_set: GoldenSet) -> dict[str, Any]:
    answers = config.load().answers.model_dump(mode="json", exclude={"trace_days"})
    own = golden_set.collection.min_confidence
    return answers | {"temperature": config.load().model.temperature, "collection": own}


def _engine(spec: ProfileSpec) -> str:
    kind = config.load().engines.default if spec.engine == "auto" else spec.engine
    if kind == "builtin":
        return kind
    model = spec.model or usual_model()
    known = Model.objects.filter(name=model).values_list("sha256", flat=True).first() or ""
    return " ".join(filter(None, (kind, model, known[:12])))


def _profile(spec: ProfileSpec) -> str:
    names = [one.name for one in fields(spec) if one.name != "glossary"]  # which is large
    told = {name: getattr(spec, name) for name in names}
    row = Profile.objects.filter(name=spec.name).values_list("revision", flat=True).first()
    return f"{spec.name} {_digest(told | {'terms': row or 0})}"


def _documents(golden_set: GoldenSet) -> str:
    live = Document.objects.filter(
        collection=golden_set.collection_id,
        deleted_at=None,
        current_version__state=VersionState.LIVE,
    )
    found = live.aggregate(count=Count("pk"), last=Max("current_version__change_seq"))
    return f"{found['count']} {found['last'] or 0}"


def _questions(golden_set: GoldenSet) -> str:
    rows = questions_asked(golden_set).order_by("pk").values_list("pk", "text", "answers", "tags")
    found = [list(row) for row in rows]
    return f"{len(found)} {_digest(found)}"


def _digest(told: Any) -> str:
    text = json.dumps(told, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
