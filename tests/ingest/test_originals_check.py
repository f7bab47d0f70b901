"""The stored originals are those that versions and jobs need, byte for byte."""

import pytest

from apps.knowledge import blob_places, blobs
from apps.knowledge.models import Erasure, Version, VersionState
from apps.retrieval.verifying.findings import Drift, Findings, nothing_shown
from ingest.originals_check import compare_originals
from tests.factories import ChunkFactory, JobFactory, VersionFactory

pytestmark = pytest.mark.django_db


def stored(content):
    with blobs.incoming([content]) as blob:
        blob.keep()
    return blob.sha256


@pytest.fixture(autouse=True)
def storage(tmp_path, configured):
    configured("storage", originals=str(tmp_path))


@pytest.fixture
def version():
    return VersionFactory(content_sha256=stored(b"the original"), size_bytes=12, has_blob=True)


def drift(**options):
    findings = Findings()
    suspects = compare_originals(findings, nothing_shown, **options)
    return [finding.drift for finding in findings.all()], suspects.unused


def test_an_original_as_it_was_uploaded_is_clean(version):
    assert drift() == ([], set())


def test_a_lost_original_is_missing_and_its_document_named(version):
    blobs.remove(version.content_sha256)
    findings = Findings()

    compare_originals(findings, nothing_shown)

    (finding,) = findings.all()
    assert finding.drift is Drift.MISSING
    assert finding.examples == (f"'{version.document.path}': upload it again",)


@pytest.mark.parametrize("content", [b"the 0riginal", b"the", b""])
def test_an_original_with_other_bytes_is_corrupt(version, content):
    blob_places.store().path_of(version.content_sha256).write_bytes(content)

    assert drift()[0] == [Drift.CORRUPT]


def test_only_sizes_are_compared_where_nothing_is_hashed(version):
    blob_places.store().path_of(version.content_sha256).write_bytes(b"the 0riginal")

    assert drift(is_hashed=lambda part: False)[0] == []


def test_an_original_of_nobody_is_an_orphan():
    sha256 = stored(b"nobody's")

    assert drift() == ([Drift.ORPHAN], {sha256})


def test_an_original_that_a_job_still_needs_is_nobodys_business():
    sha256 = stored(b"an archive")
    JobFactory(payload={"blob": sha256})

    assert drift() == ([], set())


def test_what_the_purge_has_not_come_to_yet_is_no_orphan(version):
    ChunkFactory(version=version)
    Version.objects.update(state=VersionState.DEAD)

    assert drift() == ([], set())


def test_what_an_open_receipt_is_about_is_no_orphan(version):
    Version.objects.update(state=VersionState.DEAD)
    receipt = Erasure(target="version", target_uuid=version.uuid, version_ids=[version.pk])
    receipt.change_seq = 1
    receipt.save()

    assert drift() == ([], set())


def test_what_a_purge_left_behind_is_an_orphan(version):
    Version.objects.update(state=VersionState.DEAD)

    assert drift()[0] == [Drift.ORPHAN]


def test_the_same_bytes_at_two_paths_are_both_named(version):
    VersionFactory(content_sha256=version.content_sha256, size_bytes=12, has_blob=True)
    blobs.remove(version.content_sha256)
    findings = Findings()

    compare_originals(findings, nothing_shown)

    assert findings.all()[0].count == 2
