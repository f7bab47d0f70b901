"""Documents, their pages and chunks, and jobs on the wire."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from apps.api.serializers.fields import AddressField, MetadataField
from apps.knowledge.models import Document, Version
from ingest.models import Job, JobState
from ingest.selectors import STATUSES, DocumentStatus, JobStatus
from ingest.submissions import OnConflict

CONFLICTS = [choice.value for choice in OnConflict]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document with its status, as it is shown."""

    document: Document
    status: DocumentStatus

    @property
    def version(self) -> Version | None:
        """The newest version: the one the status is about."""
        return self.document.latest_version


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job with its counts, as it is shown."""

    job: Job
    status: JobStatus


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a document could not be read, and where the reader stopped."""

    code = serializers.CharField()
    message = serializers.CharField()
    page = serializers.IntegerField(allow_null=True)


class DocumentSerializer(serializers.Serializer[Any]):
    """A document, and how far its newest version is."""

    id = serializers.UUIDField(source="document.uuid")
    collection = serializers.UUIDField(source="document.collection.uuid")
    path = serializers.CharField(source="document.path")
    title = serializers.CharField(source="document.title")
    url = serializers.CharField(source="document.url")
    metadata = serializers.DictField(source="document.metadata")
    version = serializers.UUIDField(source="version.uuid", allow_null=True, default=None)
    version_number = serializers.IntegerField(source="version.number", default=0)
    media_type = serializers.CharField(source="version.media_type", default="")
    language = serializers.CharField(source="version.language", default="")
    size_bytes = serializers.IntegerField(source="version.size_bytes", default=0)
    status = serializers.ChoiceField(source="status.status", choices=STATUSES)
    progress = serializers.FloatField(source="status.progress", min_value=0, max_value=1)
    error = ProblemSerializer(source="status.error", allow_null=True)
    pages = serializers.IntegerField(source="status.pages")
    chunks = serializers.IntegerField(source="status.chunks")
    job = serializers.UUIDField(source="status.job.uuid", allow_null=True, default=None)
    created_at = serializers.DateTimeField(source="document.created_at")
    updated_at = serializers.DateTimeField(source="document.updated_at")


class DocumentQuerySerializer(serializers.Serializer[Any]):
    """What a list of documents is narrowed to."""

    collection = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    q = serializers.CharField(
        max_length=200, required=False, help_text="Part of the title or the path."
    )


class TextDocumentSerializer(serializers.Serializer[Any]):
    """A text that another system pushes."""

    path = serializers.CharField(max_length=1000)
    text = serializers.CharField(trim_whitespace=False)
    title = serializers.CharField(max_length=500, allow_blank=True, required=False)
    url = AddressField()
    metadata = MetadataField(required=False)
    on_conflict = serializers.ChoiceField(choices=CONFLICTS, required=False)


class FileDocumentsSerializer(serializers.Serializer[Any]):
    """Files to upload. `title`, `url` and `metadata` go with a single file only."""

    file = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=500), allow_empty=False
    )
    path = serializers.ListField(
        child=serializers.CharField(max_length=1000),
        required=False,
        help_text="Path of each file in the collection, in their order; its name when left out.",
    )
    title = serializers.CharField(max_length=500, allow_blank=True, required=False)
    url = AddressField()
    metadata = MetadataField(required=False)
    on_conflict = serializers.ChoiceField(choices=CONFLICTS, required=False)


class ConflictQuerySerializer(serializers.Serializer[Any]):
    """What becomes of a document that is already at the path."""

    on_conflict = serializers.ChoiceField(choices=CONFLICTS, required=False)


class SubmittedSerializer(serializers.Serializer[Any]):
    """What became of one upload. A zip has no document of its own: `id` is null, follow its job."""

    id = serializers.UUIDField(source="document.uuid", allow_null=True, default=None)
    version = serializers.UUIDField(source="version.uuid", allow_null=True, default=None)
    job = serializers.UUIDField(source="job.uuid", allow_null=True, default=None)
    status = serializers.ChoiceField(choices=STATUSES)
    is_new = serializers.BooleanField()


class RefusalSerializer(serializers.Serializer[Any]):
    """Why one of several files was not taken."""

    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()


class RefusedFileSerializer(serializers.Serializer[Any]):
    """One of several files that was not taken; the others were."""

    path = serializers.CharField()
    error = RefusalSerializer()


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="FileOutcome",
        serializers=[SubmittedSerializer, RefusedFileSerializer],
        resource_type_field_name=None,
        many=True,
    )
)
class OutcomesField(serializers.ListField):
    """What became of each file: taken in, or refused with the reason."""


class SubmittedListSerializer(serializers.Serializer[Any]):
    """What became of several uploads, in their order."""

    documents = OutcomesField()


class ImportStartedSerializer(serializers.Serializer[Any]):
    """The job that imports the lines, to be looked up at `jobs/{id}/`."""

    job = serializers.UUIDField()
    state = serializers.ChoiceField(choices=JobState.choices)


class ImportProblemSerializer(serializers.Serializer[Any]):
    """A line or archive member that could not be taken in."""

    where = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class JobSerializer(serializers.Serializer[Any]):
    """How far a job is. `error` is set when its state is failed."""

    id = serializers.UUIDField(source="job.uuid")
    kind = serializers.ChoiceField(source="job.kind", choices=Job.Kind.choices)
    collection = serializers.UUIDField(source="job.collection.uuid")
    document = serializers.UUIDField(
        source="job.version.document.uuid", allow_null=True, default=None
    )
    version = serializers.UUIDField(source="job.version.uuid", allow_null=True, default=None)
    state = serializers.ChoiceField(source="status.state", choices=JobState.choices)
    stage = serializers.CharField(source="job.stage")
    progress = serializers.FloatField(source="status.progress", min_value=0, max_value=1)
    total = serializers.IntegerField(source="status.total")
    done = serializers.IntegerField(source="status.done")
    failed = serializers.IntegerField(source="status.failed")
    problems = ImportProblemSerializer(source="status.problems", many=True)
    error = ProblemSerializer(source="status.error", allow_null=True)
    created_at = serializers.DateTimeField(source="job.created_at")
    started_at = serializers.DateTimeField(source="job.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="job.finished_at", allow_null=True)


class PageSerializer(serializers.Serializer[Any]):
    """One page's text; `start` is its first character's place in the text of the version."""

    document = serializers.UUIDField(source="version.document.uuid")
    version = serializers.UUIDField(source="version.uuid")
    number = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field named like an argument
    start = serializers.IntegerField()
    text = serializers.CharField()


class ChunkSerializer(serializers.Serializer[Any]):
    """A passage as it is searched; `start` and `end` are places in the text of the version."""

    id = serializers.UUIDField(source="uuid")
    ordinal = serializers.IntegerField()
    page = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    heading = serializers.CharField()
    context = serializers.CharField()  # type: ignore[assignment]  # a field named like an argument
    text = serializers.CharField()
    excluded = serializers.BooleanField(source="is_excluded")


class VersionQuerySerializer(serializers.Serializer[Any]):
    """Which version of a document."""

    version = serializers.UUIDField(
        required=False, help_text="A version kept as history; the searched one when left out."
    )
