"""Trying retrieval: what is found and why, for whom; nothing is recorded, nothing leaks."""

import pytest

from apps.generation.models import OpenQuestion, Trace
from apps.knowledge.models import Chunk, Permission
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.reader import loading
from tests.admin_pages import client_of
from tests.apps.retrieval.indexing import indexed
from tests.apps.retrieval.reader.scripted import ScriptedReader
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/try-retrieval/"


def opened(client, query="vault code", **values):
    answer = client.get(PAGE, {"q": query, **values})
    assert answer.status_code == 200
    return answer


def test_both_legs_and_the_joined_order_are_shown(admin_client):
    collection = CollectionFactory(name="Bank")
    best, _ = indexed("the vault code is 42", "the moon is far", collection=collection)

    context = opened(admin_client).context

    assert context["hits"][0].hit.chunk_id == best.pk
    assert {str(leg.name): leg.rows[0].place for leg in context["legs"]} == {
        "By words": 1,
        "By meaning": 1,
    }


def test_matches_are_marked_and_lead_to_the_chunk(admin_client):
    (chunk,) = indexed("the vault code is 42", collection=CollectionFactory())

    page = opened(admin_client).content.decode()

    assert "<mark>vault</mark>" in page
    assert f"/admin/knowledge/document/{chunk.version.document_id}/text/?version=1" in page


def test_rows_of_a_table_are_shown_as_a_table(admin_client):
    indexed(
        "The limits\n\n| City | Vault |\n| --- | --- |\n| Paris | 180 |",
        collection=CollectionFactory(),
    )

    page = opened(admin_client, "vault Paris").content.decode()

    assert "<td> <mark>Paris</mark> </td><td> 180 </td>" in page
    assert "| Paris" not in page
    assert "---" not in page


def test_markup_in_a_text_stays_text(admin_client):
    indexed("the vault <script>alert(1)</script>", collection=CollectionFactory())

    page = opened(admin_client, "<img src=x onerror=alert(1)> vault").content.decode()

    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_an_excluded_chunk_is_left_out_with_the_reason(admin_client):
    (chunk,) = indexed("the vault code is 42", collection=CollectionFactory())
    Chunk.objects.filter(pk=chunk.pk).update(is_excluded=True)

    page = opened(admin_client)

    assert page.context["hits"] == []
    assert [one.reason.value for one, _ in page.context["left_out"]] == ["excluded"]
    assert b"Kept out of search by a curator" in page.content


def test_another_collection_is_named_as_the_reason(admin_client):
    here, there = CollectionFactory(), CollectionFactory()
    indexed("the vault code is 42", collection=there)
    indexed("the vault has a door", collection=here)

    context = opened(admin_client, collections=here.pk).context

    assert [one.reason.value for one, _ in context["left_out"]] == ["collection"]


def test_a_filter_is_named_as_the_reason(admin_client):
    indexed("the vault code is 42", collection=CollectionFactory())

    context = opened(admin_client, metadata="team=HR").context

    assert [one.reason.value for one, _ in context["left_out"]] == ["filter"]


def test_a_copy_is_named_as_such(admin_client):
    indexed("the vault code is 42", "the vault code is 42!", collection=CollectionFactory())

    context = opened(admin_client).context

    assert len(context["hits"]) == 1
    assert [one.reason.value for one, _ in context["left_out"]] == ["copy"]


def test_a_superuser_sees_what_somebody_else_finds_and_why_not(admin_client):
    asker = UserFactory(username="lina")
    readable, secret = CollectionFactory(readers=[asker]), CollectionFactory(name="Board")
    indexed("the vault has a door", collection=readable)
    indexed("the vault code is 42", collection=secret)

    page = opened(admin_client, user="lina")

    assert [row.hit.text for row in page.context["hits"]] == ["the vault has a door"]
    assert [one.reason.value for one, _ in page.context["left_out"]] == ["access"]
    assert b"May not be read by this person" in page.content
    assert b"user lina: Read" in page.content


def test_a_user_that_is_none_is_told(admin_client):
    page = opened(admin_client, user="nobody")

    assert b"There is no user of this name." in page.content


def test_who_manages_a_collection_finds_only_what_they_may_read(make_staff):
    staff = make_staff()
    CollectionFactory().grants.create(user=staff, permission=Permission.MANAGE)
    indexed("the vault code is 42", collection=CollectionFactory(name="Board minutes"))

    page = opened(client_of(staff)).content.decode()

    assert "the vault code is" not in page
    assert "Board minutes" not in page


def test_only_superusers_look_as_somebody_else(make_staff):
    staff, other = make_staff(), UserFactory(username="lina", is_superuser=True)
    CollectionFactory().grants.create(user=staff, permission=Permission.MANAGE)
    indexed("the vault code is 42", collection=CollectionFactory())

    context = opened(client_of(staff), user=other.username).context

    assert context["hits"] == []


def test_the_answer_is_shown_but_not_recorded(admin_client):
    indexed("The vault code is 42 since Monday.", collection=CollectionFactory())

    page = opened(admin_client, "What is the vault code?", answer="1")

    assert page.context["answer"].engine == "builtin"
    assert (Trace.objects.count(), OpenQuestion.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "values",
    [{"q": ""}, {"top_k": "0"}, {"top_k": "x"}, {"collections": "999999"}, {"collections": "x"},
     {"after": "soon"}, {"metadata": "none"}, {"language": "xx"}, {"q": "x" * 3000}],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_on_the_form(admin_client, values):
    answer = admin_client.get(PAGE, {"q": "vault", **values})

    assert answer.status_code == 200
    assert answer.context["form"].errors


@pytest.mark.parametrize(
    "query", ['"', "AND OR (", "年假", "🙂", "\x00", "a" * 2000, "' OR 1=1 --"]
)
def test_any_text_is_a_query(admin_client, query):
    indexed("the vault code is 42", collection=CollectionFactory())

    assert admin_client.get(PAGE, {"q": query}).status_code == 200


def test_after_a_change_of_the_model_words_are_searched_and_the_page_says_so(admin_client):
    (chunk,) = indexed("the vault code is 42", collection=CollectionFactory())
    EmbeddingGeneration.objects.update(model_sha256="0" * 64)

    page = opened(admin_client, "vault")

    assert [row.hit.chunk_id for row in page.context["hits"]] == [chunk.pk]
    assert "clawdbot index switch" in page.content.decode()


def test_before_there_is_an_index_the_page_says_so(admin_client):
    assert b"the indexer makes it" in opened(admin_client).content


def test_more_hits_cost_no_more_queries(admin_client, django_assert_max_num_queries):
    indexed(*(f"vault number {n} is here" for n in range(20)), collection=CollectionFactory())

    with django_assert_max_num_queries(16):
        opened(admin_client, top_k=20)


def test_what_reading_made_of_the_order_is_shown(admin_client, monkeypatch):
    monkeypatch.setattr(loading, "reader", ScriptedReader)
    first, last = indexed(
        "vault vault relevance 1", "one vault relevance 7", collection=CollectionFactory()
    )

    page = opened(admin_client, "vault")

    assert [row.hit.chunk_id for row in page.context["hits"]] == [last.pk, first.pk]
    assert [row.before for row in page.context["hits"]] == [2, 1]
    assert b"read: relevance 7.00, rank 2 before" in page.content
