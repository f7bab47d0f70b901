"""The sample collections: loaded once, through the ordinary ingest path."""

import json
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.conf import settings

from apps.accounts.models import User
from apps.core.config import REPOSITORY
from apps.core.errors import Invalid
from apps.core.nodes import node_name
from apps.knowledge.models import Collection, Permission
from apps.knowledge.services import access_grant, collection_create
from apps.retrieval.models import NodeIndex
from clawdbot_site.installation.uploads import pieces
from ingest.services import document_submit
from ingest.submissions import Upload

FOLDER = REPOSITORY / "samples"
DESCRIPTION = "collection.yaml"


@dataclass(frozen=True, slots=True)
class Sample:
    """A folder below samples/ that becomes a collection."""

    folder: Path
    name: str
    description: str
    language: str
    profile: str
    questions: tuple[str, ...]

    @property
    def files(self) -> list[Path]:
        """Its documents, by path."""
        return sorted(
            path
            for path in self.folder.rglob("*")
            if path.is_file() and path.name != DESCRIPTION and not path.name.startswith(".")
        )


def samples(folder: Path = FOLDER) -> list[Sample]:
    """The samples in the folder. Raises Invalid when a description is not understood."""
    return [_read(path) for path in sorted(folder.glob(f"*/{DESCRIPTION}"))]


def load_new(by: User, *, folder: Path = FOLDER) -> list[Collection]:
    """Submit the samples that were never loaded here; what was deleted since stays deleted.

    A node that joins others loads none: they came with the first one.
    """
    done = _loaded()
    if not done and NodeIndex.objects.exclude(node=node_name()).exists():
        return []
    fresh = [sample for sample in samples(folder) if sample.name not in done]
    collections = []
    for sample in fresh:
        collections.append(_load(sample, by))
        done[sample.name] = str(collections[-1].uuid)
        _record().write_text(json.dumps(done, ensure_ascii=False, indent=1))
    return collections


def loaded_collections() -> list[Collection]:
    """The sample collections that are still here."""
    return list(Collection.objects.filter(uuid__in=_loaded().values(), deleted_at=None))


def first_question(folder: Path = FOLDER) -> str:
    """A question that a sample collection still here answers; empty when there is none."""
    here = {collection.name for collection in loaded_collections()}
    questions = [q for sample in samples(folder) if sample.name in here for q in sample.questions]
    return questions[0] if questions else ""


def _load(sample: Sample, by: User) -> Collection:
    collection = Collection.objects.filter(name=sample.name, deleted_at=None).first()
    if collection is None:
        collection = collection_create(
            name=sample.name,
            by=by,
            description=sample.description,
            language=sample.language,
            profile=sample.profile,
        )
        collection.suggested_questions = list(sample.questions)
        collection.save(update_fields=["suggested_questions"])
        access_grant(collection=collection, permission=Permission.READ, to=None, by=by)
    for path in sample.files:
        name = path.relative_to(sample.folder).as_posix()
        document_submit(collection=collection, upload=Upload(name, pieces(path)), by=by)
    return collection


def _read(path: Path) -> Sample:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return Sample(
            folder=path.parent,
            name=found["name"],
            description=found.get("description", ""),
            language=found.get("language", "auto"),
            profile=found.get("profile", "general"),
            questions=tuple(found.get("questions", ())),
        )
    except (TypeError, KeyError):
        raise Invalid(f"{path} needs at least a name.") from None


def _record() -> Path:
    return Path(settings.DATA_DIR) / "samples.json"


def _loaded() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(_record().read_text())
    except FileNotFoundError:
        return {}
    return found
