"""The source viewer's pages: what is shown of which version, and how."""

from datetime import UTC, datetime

import pytest

from apps.knowledge import blobs
from apps.knowledge.models import Page, Version, VersionState
from tests.factories import ChunkFactory, CollectionFactory, VersionFactory

pytestmark = pytest.mark.django_db


def address(version, number=1):
    return f"/documents/{version.document.uuid}/pages/{number}/"


@pytest.fixture
def pdf(person):
    """A version whose original is a PDF on this machine, with words on page 1 and 2."""
    collection = CollectionFactory(readers=[person])
    version = VersionFactory(
        document__collection=collection, document__path="manual.pdf",
        media_type="application/pdf", has_blob=True, page_count=2,
    )  # fmt: skip
    Page.objects.create(version=version, number=1, start=0, text="Hotels cost")
    Page.objects.create(version=version, number=2, start=12, text="180 euros.")
    with blobs.incoming([b"%PDF-1.4"]) as blob:
        blob.keep()
    version.content_sha256 = blob.sha256
    version.save()
    yield version
    blobs.remove(blob.sha256)


def test_a_pdf_is_shown_as_it_was_printed_with_the_quote_cut_at_pages(browser, pdf):
    page = browser.get(address(pdf), {"start": 7, "end": 15}).text

    assert 'data-look="original"' in page
    assert '<q hidden data-page="1" data-place="0.6364">cost</q>' in page
    assert '<q hidden data-page="2" data-place="0.0000">180</q>' in page
    assert '<mark id="cited">cost</mark>' in page  # for browsers without JavaScript


def test_a_pdf_page_without_words_is_shown_too(browser, pdf):
    assert 'data-look="original"' in browser.get(address(pdf, 7)).text

    text = browser.get(address(pdf, 7), {"view": "text"}).text
    assert "There are no words on this page" in text


def test_the_text_of_a_pdf_is_one_click_away(browser, pdf):
    page = browser.get(address(pdf), {"view": "text", "start": 0, "end": 6}).text

    assert 'data-look="text"' in page
    assert f"/pages/1/?version={pdf.uuid}&amp;start=0&amp;end=6" in page


def test_without_its_original_a_pdf_is_shown_as_text(browser, pdf):
    blobs.remove(pdf.content_sha256)

    page = browser.get(address(pdf)).text

    assert 'data-look="text"' in page
    assert "The original file is not on this machine" in page
    assert "/file/" not in page


def test_only_the_viewer_itself_may_be_framed_and_nothing_may_be_evaluated(browser, pdf):
    policy = browser.get(address(pdf)).headers["Content-Security-Policy"]

    assert "frame-ancestors 'self'" in policy
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy


def test_embedded_there_is_nothing_around_the_source_and_it_stays_so(browser, pdf):
    page = browser.get(address(pdf), {"embedded": "1"}).text

    assert 'id="sidebar"' not in page
    assert "source-head" not in page
    assert f"/pages/1/?version={pdf.uuid}&amp;embedded=1&amp;view=text" in page


def test_an_old_version_says_since_when_it_is_replaced(browser, passage):
    document = passage.version.document
    Version.objects.filter(pk=passage.version.pk).update(
        state=VersionState.SUPERSEDED, is_history_kept=True
    )
    VersionFactory(document=document, number=2, published_at=datetime(2026, 3, 5, tzinfo=UTC))
    ChunkFactory(version=document.current_version, text="new")

    page = browser.get(address(passage.version), {"version": str(passage.version.uuid)}).text

    assert "Version 1, replaced on March 5, 2026." in page
    assert "Show the current version" in page


def test_a_source_leads_to_its_document_collection_and_a_question(browser, passage):
    document = passage.version.document
    page = browser.get(address(passage.version)).text

    assert f'href="/documents/{document.uuid}/"' in page
    assert f'href="/collections/{document.collection.uuid}/"' in page
    assert f'href="/?document={document.uuid}"' in page


def test_headings_are_listed_once_with_their_pages(browser, passage):
    for ordinal, heading in enumerate(["A", "A > B", "A > B", "C"], 100):
        ChunkFactory(version=passage.version, ordinal=ordinal, heading=heading, page=ordinal - 98)
    Page.objects.create(version=passage.version, number=9, start=100, text="x")

    page = browser.get(address(passage.version)).text

    assert page.count("data-to-page=") == 3
    assert 'data-to-page="3"' in page


def test_neighbours_come_as_fragments(browser, passage):
    Page.objects.create(version=passage.version, number=2, start=100, text="<b>more</b>")

    leaf = browser.get(address(passage.version, 2) + "leaf/", {"start": 50, "end": 103}).text

    assert "<html" not in leaf
    assert "<mark>&lt;b&gt;</mark>more" in leaf


@pytest.mark.parametrize("part", ["", "leaf/"])
def test_a_page_costs_few_queries(browser, passage, part, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        browser.get(address(passage.version) + part, {"start": 0, "end": 5})


def test_titles_and_paths_are_data(browser, passage):
    document = passage.version.document
    document.title = document.path = "</title><script>alert(1)</script>"
    document.url = "javascript:alert(1)"
    document.save()

    page = browser.get(address(passage.version)).text

    assert "<script>alert" not in page
    assert "javascript:" not in page
