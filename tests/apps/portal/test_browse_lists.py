"""Lists of collections and documents: what they show, and at what cost."""

import pytest

from apps.knowledge.models import Permission, Version
from apps.knowledge.services import access_grant
from apps.portal.browse.metadata import as_lines, from_lines
from ingest.models import JobState
from tests.factories import (
    CollectionFactory,
    JobFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("x")</script>\u202e\U0001f4c4'


@pytest.fixture
def shelf(person):
    return CollectionFactory(name="Handbook", writers=[person])


def address_of(collection):
    return f"/collections/{collection.uuid}/"


def add(collection, *paths):
    return [
        VersionFactory(document__collection=collection, document__path=p).document for p in paths
    ]


def queries_of(browser, address, django_assert_max_num_queries, **values):
    with django_assert_max_num_queries(60) as counted:
        assert browser.get(address, values).status_code == 200
    return len(counted)


@pytest.mark.parametrize("values", [{}, {"q": "document"}])
def test_many_collections_cost_the_queries_of_one(
    browser, person, django_assert_max_num_queries, values
):
    VersionFactory(document__collection=CollectionFactory(readers=[person]))
    one = queries_of(browser, "/documents/", django_assert_max_num_queries, **values)
    for _ in range(20):
        VersionFactory(document__collection=CollectionFactory(readers=[person]))

    many = queries_of(browser, "/documents/", django_assert_max_num_queries, **values)

    assert many <= one
    assert many <= 16


@pytest.mark.parametrize("values", [{}, {"q": "a"}, {"status": "queued"}, {"sort": "size"}])
def test_many_documents_cost_the_queries_of_one(
    browser, shelf, django_assert_max_num_queries, values
):
    add(shelf, "a.txt", "a/b.txt")
    few = queries_of(browser, address_of(shelf), django_assert_max_num_queries, **values)
    add(shelf, *[f"a{n}/b{n}.txt" for n in range(30)], *[f"a{n}.txt" for n in range(60)])
    JobFactory(version__document__collection=shelf)

    many = queries_of(browser, address_of(shelf), django_assert_max_num_queries, **values)

    assert many <= few + 1
    assert many <= 24


def test_folders_come_first_and_lead_down(browser, shelf):
    add(shelf, "z/deep/er/c.txt", "z/b.txt", "z/a.txt", "a.txt")

    top = browser.get(address_of(shelf)).text
    below = browser.get(address_of(shelf), {"folder": "z"}).text

    assert top.index("folder=z") < top.index(">a<")
    assert "c.txt" not in top
    assert "folder=z%2Fdeep" in below
    assert "3 documents" in top


def test_a_folder_is_not_taken_for_one_whose_name_begins_alike(browser, shelf):
    add(shelf, "pay/a.txt", "Pay/b.txt", "payroll/c.txt", "p_y/d.txt")

    page = browser.get(address_of(shelf), {"folder": "pay"}).text

    assert ">pay/a<" in page
    assert not any(f">{name}<" in page for name in ("Pay/b", "payroll/c", "p_y/d"))


def test_searching_finds_by_title_and_path_in_all_folders(browser, shelf):
    add(shelf, "travel/hotels.txt", "travel/Trains.txt", "food.txt")

    page = browser.get(address_of(shelf), {"q": "TRAINS"}).text

    assert "travel/Trains.txt" in page
    assert "hotels" not in page
    assert "1 document found" in page


def test_as_one_types_only_the_list_is_sent(browser, shelf):
    add(shelf, "hotels.txt")

    part = browser.get(address_of(shelf), {"q": "hot"}, headers={"HX-Request": "true"}).text

    assert part.lstrip().startswith('<div id="documents"')
    assert "<html" not in part
    assert "hotels" in part


def test_a_list_is_narrowed_by_kind_and_language(browser, shelf):
    pdf, text = add(shelf, "one.pdf", "two.md")
    Version.objects.filter(document=pdf).update(media_type="application/pdf", language="zh")
    Version.objects.filter(document=text).update(media_type="text/markdown", language="en")

    by_kind = browser.get(address_of(shelf), {"kind": "pdf"}).text
    by_language = browser.get(address_of(shelf), {"language": "en"}).text

    assert "one.pdf" in by_kind
    assert "two.md" not in by_kind
    assert "two.md" in by_language
    assert "one.pdf" not in by_language


@pytest.mark.parametrize(
    "values", [{"status": "x"}, {"sort": "'"}, {"page": "-7"}, {"kind": "\0"}, {"folder": "///"}]
)
def test_what_makes_no_sense_narrows_nothing(browser, shelf, values):
    add(shelf, "hotels.txt")

    assert "hotels" in browser.get(address_of(shelf), values).text


def test_pages_of_the_list_do_not_repeat_or_leave_out(browser, shelf):
    add(shelf, *[f"f{n:02}/x.txt" for n in range(30)], *[f"t{n:02}.txt" for n in range(40)])

    pages = [browser.get(address_of(shelf), {"page": n}).text for n in (1, 2)]

    for name in [*(f"?folder=f{n:02}" for n in range(30)), *(f">t{n:02}<" for n in range(40))]:
        assert sum(name in page for page in pages) == 1


def test_a_failure_is_told_with_its_reason_and_a_way_to_retry(browser, shelf):
    job = JobFactory(
        version__document__collection=shelf,
        state=JobState.FAILED,
        error_code="encrypted",
        error_message="It is locked.",
        error_page=3,
    )
    job.version.document.latest_version = job.version
    job.version.document.save()

    page = browser.get(address_of(shelf), {"status": "failed"}).text

    assert "It is locked. (page 3)" in page
    assert f'value="{job.uuid}"' in page
    assert "1 failed" in page


@pytest.mark.parametrize("address", ["/documents/", "collection", "document", "delete"])
def test_names_are_data(browser, person, address):
    collection = CollectionFactory(name=EVIL, description=EVIL, writers=[person])
    document = VersionFactory(
        document__collection=collection,
        document__path=f"{EVIL}/a.txt",
        document__title=EVIL,
        document__metadata={EVIL: EVIL},
    ).document
    addresses = {
        "collection": address_of(collection),
        "document": f"/documents/{document.uuid}/",
        "delete": f"/documents/{document.uuid}/delete/",
    }

    page = browser.get(addresses.get(address, address), {"q": "script"}).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_manager_sees_how_many_may_read(browser, person, shelf):
    admin = UserFactory(is_superuser=True)
    assert "may read it" not in browser.get(address_of(shelf)).text

    access_grant(collection=shelf, permission=Permission.MANAGE, to=person, by=admin)

    assert "2 people may read it" in browser.get(address_of(shelf)).text


def test_a_name_with_a_colon_stays_whole_in_metadata():
    before = {"dc": "x", "dc:title": "Rules: all", "dc:date": 2024}

    assert from_lines(as_lines(before), before) == before
    assert from_lines("dc:title: New", before) == {"dc:title": "New"}


def test_metadata_is_edited_line_by_line_and_keeps_its_types():
    before = {"department": "finance", "year": 2025, "is_final": True}
    lines = as_lines(before).replace("finance", "sales") + "\nnew: a: b\n\n"

    after = from_lines(lines, before)

    assert after == {"department": "sales", "year": 2025, "is_final": True, "new": "a: b"}


def test_an_empty_collection_tells_a_contributor_what_to_do(browser, shelf):
    page = browser.get(address_of(shelf)).text

    assert "Drop files, folders or a zip" in page
    assert "Nothing in it yet" not in page


def test_pins_come_first_and_stand_in_the_side_bar(browser, person):
    for name in ("Apples", "Pears"):
        CollectionFactory(name=name, readers=[person])
    pears = CollectionFactory(name="Zebras", readers=[person])

    part = browser.post(
        f"{address_of(pears)}pin/", {"is_pinned": "1"}, headers={"HX-Request": "true"}
    ).text
    page = browser.get("/documents/").text

    assert 'aria-pressed="true"' in part
    assert "hx-swap-oob" in part
    found = page[page.index('id="found"') :]
    assert found.index("Zebras") < found.index("Apples")
