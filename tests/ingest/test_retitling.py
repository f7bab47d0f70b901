"""A new title reaches search; what is cited and excluded stays."""

import pytest

from apps.knowledge.access import Scope
from apps.knowledge.models import Chunk, Version
from apps.retrieval import indexer
from apps.retrieval.models import Vector
from apps.retrieval.search import search
from apps.retrieval.verify import verify
from ingest import pipeline, retitling, runner, services
from ingest.models import Job, JobState
from ingest.retitling import document_describe
from ingest.submissions import TextUpload, Upload

pytestmark = pytest.mark.django_db(transaction=True)


def push(collection, writer, *, drain=True):
    text = TextUpload(path="a.txt", title="Old name", text="The vault code is 42.")
    document = services.text_submit(collection=collection, text=text, by=writer).document
    if drain:
        runner.drain()
        indexer.catch_up()
    return document


def retitle(document, writer, title="Zebra rules"):
    document_describe(document=document, by=writer, values={"title": title})


def found(query, writer):
    return [hit.context for hit in search(query, scope=Scope.of(writer)).hits]


def test_a_new_title_is_found_and_the_old_one_not_any_more(collection, writer):
    document = push(collection, writer)

    retitle(document, writer)
    runner.drain()
    indexer.catch_up()

    assert found("zebra", writer) == ["Zebra rules"]
    assert [hit.legs for hit in search("old name", scope=Scope.of(writer)).hits] != []
    assert Chunk.objects.get().indexed_text == "Zebra rules\nThe vault code is 42."
    assert verify().is_clean


def test_version_chunk_and_exclusion_stay_what_they_were(collection, writer):
    document = push(collection, writer)
    Chunk.objects.update(is_excluded=True)
    before = Chunk.objects.values("pk", "uuid", "start", "end", "text", "is_excluded").get()

    retitle(document, writer)
    runner.drain()

    assert Chunk.objects.values("pk", "uuid", "start", "end", "text", "is_excluded").get() == before
    assert Version.objects.count() == 1
    assert Vector.objects.count() == 1


def test_until_a_worker_comes_the_old_title_answers(collection, writer):
    document = push(collection, writer)

    retitle(document, writer)

    assert Job.objects.get().state == JobState.QUEUED
    assert found("vault", writer) == ["Old name"]


def test_a_title_given_before_embedding_is_embedded(collection, writer):
    document = push(collection, writer, drain=False)

    retitle(document, writer)
    runner.drain()
    indexer.catch_up()

    assert found("zebra", writer) == ["Zebra rules"]
    assert Vector.objects.count() == 1


def test_the_title_changed_back_changes_nothing(collection, writer):
    document = push(collection, writer)
    before = Version.objects.get().change_seq

    retitle(document, writer)
    retitle(document, writer, "Old name")
    runner.drain()

    assert Version.objects.get().change_seq == before
    assert Job.objects.get().payload == {}


def test_a_title_changed_while_its_job_is_at_work_is_not_forgotten(collection, writer, monkeypatch):
    document = push(collection, writer, drain=False)
    publish = pipeline.versions_publish
    monkeypatch.setattr(
        pipeline, "versions_publish", lambda ids: (retitle(document, writer), publish(ids))[1]
    )

    runner.drain()

    assert Chunk.objects.get().context == "Zebra rules"


def test_a_title_changed_again_while_the_new_one_is_written_is_not_forgotten(
    collection, writer, monkeypatch
):
    document = push(collection, writer)
    retitle(document, writer)
    read = retitling._with_title

    def read_and_retitled(*args):
        monkeypatch.setattr(retitling, "_with_title", read)
        retitle(document, writer, "Yak rules")
        return read(*args)

    monkeypatch.setattr(retitling, "_with_title", read_and_retitled)
    runner.drain()

    assert Chunk.objects.get().context == "Yak rules"


def test_a_title_changed_in_the_last_moment_is_not_forgotten(collection, writer, monkeypatch):
    document = push(collection, writer, drain=False)
    embed = pipeline.embed
    monkeypatch.setattr(pipeline, "embed", lambda batch: (embed(batch), retitle(document, writer)))

    runner.drain()

    assert Chunk.objects.get().context == "Zebra rules"


def test_the_title_reaches_what_is_searched_when_a_newer_version_cannot_be_read(collection, writer):
    document = push(collection, writer)
    upload = Upload(path="a.txt", content=[b"%PDF-1.7 broken"])
    services.document_submit(collection=collection, upload=upload, by=writer)
    runner.drain()

    retitle(document, writer)
    runner.drain()

    assert Version.objects.count() == 2
    assert Chunk.objects.get().context == "Zebra rules"


def test_long_documents_get_their_title_in_several_turns(collection, writer, monkeypatch):
    monkeypatch.setattr(pipeline, "TURN_CHUNKS", 2)
    text = "\n\n".join(f"{'Word ' * 180}number {n}." for n in range(5))
    upload = TextUpload(path="a.txt", title="Old name", text=text)
    document = services.text_submit(collection=collection, text=upload, by=writer).document
    runner.drain()

    retitle(document, writer)
    runner.drain()

    contexts = set(Chunk.objects.values_list("context", flat=True))
    assert contexts == {"Zebra rules"}
    assert Vector.objects.count() == Chunk.objects.count() > 2


def test_the_same_bytes_with_another_title_are_the_same_version_under_it(collection, writer):
    for title in ("Old name", "Zebra rules"):
        upload = Upload(path="a.txt", content=[b"The vault code is 42."], title=title)
        services.document_submit(collection=collection, upload=upload, by=writer)
        runner.drain()

    assert Chunk.objects.get().context == "Zebra rules"
    assert Version.objects.count() == 1
