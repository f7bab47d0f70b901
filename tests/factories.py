"""Rows for tests, as an installation would hold them."""

import hashlib

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from apps.accounts.models import User
from apps.knowledge import changes
from apps.knowledge.models import (
    Change,
    Chunk,
    Collection,
    Document,
    Grant,
    Page,
    Permission,
    Version,
    VersionState,
)
from ingest.models import Job, JobStage


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    password = factory.django.Password("a-Test-password-1")


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"group{n}")


class CollectionFactory(DjangoModelFactory):
    class Meta:
        model = Collection
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Collection {n}")

    @factory.post_generation
    def readers(self, create, users):
        for user in users or []:
            Grant.objects.create(collection=self, user=user, permission=Permission.READ)

    @factory.post_generation
    def writers(self, create, users):
        for user in users or []:
            Grant.objects.create(collection=self, user=user, permission=Permission.WRITE)


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    collection = factory.SubFactory(CollectionFactory)
    path = factory.Sequence(lambda n: f"document-{n}.txt")
    title = factory.LazyAttribute(lambda document: document.path.removesuffix(".txt"))


class VersionFactory(DjangoModelFactory):
    """A live version, published in the change sequence, that its document points to."""

    class Meta:
        model = Version
        skip_postgeneration_save = True

    document = factory.SubFactory(DocumentFactory)
    number = 1
    content_sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    has_blob = False
    size_bytes = 10
    page_count = 1

    @factory.post_generation
    def published(self, create, wanted):
        if wanted is False:
            return
        self.change_seq = changes.record(Change.Kind.PUBLISH, [self.pk])[0]
        self.state = VersionState.LIVE
        self.save()
        self.document.current_version = self.document.latest_version = self
        self.document.save()


class ChunkFactory(DjangoModelFactory):
    """A chunk that is a whole page of its version."""

    class Meta:
        model = Chunk
        skip_postgeneration_save = True

    version = factory.SubFactory(VersionFactory)
    ordinal = factory.Sequence(lambda n: n)
    page = 1
    start = 0
    end = factory.LazyAttribute(lambda chunk: len(chunk.text))
    text = "The office opens at nine."
    context = factory.LazyAttribute(lambda chunk: chunk.version.document.title)
    text_sha256 = factory.LazyAttribute(
        lambda chunk: hashlib.sha256(
            (f"{chunk.context}\n{chunk.text}" if chunk.context else chunk.text).encode()
        ).hexdigest()
    )

    @factory.post_generation
    def stored_page(self, create, wanted):
        if wanted is not False:
            Page.objects.get_or_create(
                version=self.version, number=self.page, defaults={"start": 0, "text": self.text}
            )


class JobFactory(DjangoModelFactory):
    """A waiting job on a version that is not live yet."""

    class Meta:
        model = Job

    version = factory.SubFactory(VersionFactory, published=False)
    collection = factory.LazyAttribute(lambda job: job.version.document.collection)
    stage = JobStage.EMBED
