"""The curator's desk: who opens it, what is on it, what can be done there."""

from uuid import uuid4

import pytest
from django.test import Client

from apps.evaluation.models import GoldenQuestion
from apps.generation.models import Asking, CuratedAnswer, OpenQuestion, Trace
from apps.generation.open_questions import asking_note
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Grant, Permission
from tests.factories import ChunkFactory, CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
TEXT = "The vault is behind the boiler room. Its code is changed every month."


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def curator_of(*collections):
    user = UserFactory()
    for one in collections:
        Grant.objects.create(collection=one, user=user, permission=Permission.MANAGE)
    return user


@pytest.fixture
def chunk():
    return ChunkFactory(text=TEXT, version__document__title="Security <guide>")


@pytest.fixture
def document(chunk):
    return chunk.version.document


@pytest.fixture
def desk(document):
    return client_of(curator_of(document.collection))


@pytest.fixture
def question(document):
    return note("Where is the <vault>?", document)


def note(text, document, kind=Asking.Kind.UNANSWERED, words=""):
    version = document.versions.first()
    candidates = [{"document": str(document.uuid), "version": str(version.uuid if version else "")}]
    trace = Trace.objects.create(user=UserFactory(), question=text, candidates=candidates)
    asking_note(trace=trace, kind=kind, note=words)
    return OpenQuestion.objects.get(text=text)


def form_of(document, /, **changes):
    values = {
        "question": "Where is the vault?",
        "phrasings": "What is the place of the vault?",
        "text": "Behind the boiler room.",
        "collection": str(document.collection.uuid),
        "document": [str(document.uuid)],
        "quote": ["behind the boiler room"],
        "passage": [""],
        "save": "1",
    }
    return values | changes


@pytest.mark.parametrize(
    "address",
    ["/desk/", "/desk/answers/", "/desk/answers/new/", "/desk/golden/", "/desk/golden/new/"],
)
def test_only_who_manages_a_collection_opens_the_desk(address, desk, document):
    reader = UserFactory()
    Grant.objects.create(collection=document.collection, user=reader, permission=Permission.WRITE)

    assert Client().get(address).headers["Location"].startswith("/login/")
    assert client_of(reader).get(address).status_code == 403
    assert desk.get(address).status_code == 200
    assert client_of(UserFactory(is_superuser=True)).get(address).status_code == 200


def test_a_question_stands_under_its_nearest_document_as_text(desk, question, document):
    note("Where is the <vault>?", document, Asking.Kind.REPORTED, "Ask <b>Anna</b>")

    page = desk.get("/desk/").text

    assert "Where is the &lt;vault&gt;?" in page
    assert "Security &lt;guide&gt;" in page
    assert "Ask &lt;b&gt;Anna&lt;/b&gt;" in page
    assert "asked 2 times" in page


def test_who_asked_is_nowhere_on_the_page(desk, question):
    asker = Trace.objects.get().user

    assert asker.username not in desk.get("/desk/").text


def test_a_curator_sees_and_touches_no_other_collections_questions(question):
    other = client_of(curator_of(CollectionFactory()))

    assert "vault" not in other.get("/desk/").text
    for address in (f"/desk/questions/{question.uuid}/passages/",):
        assert other.get(address).status_code == 404
    settle = f"/desk/questions/{question.uuid}/settle/"
    assert other.post(settle, {"state": "answered"}).status_code == 404
    assert other.get(f"/desk/answers/new/?question={question.uuid}").status_code == 404


def test_an_empty_desk_praises(desk):
    assert "Well done" in desk.get("/desk/").text


def test_the_desk_costs_the_same_queries_however_long_it_is(
    desk, document, django_assert_max_num_queries
):
    for number in range(12):
        note(f"Question {number}?", document, Asking.Kind.REPORTED, "please")

    with django_assert_max_num_queries(18):
        assert desk.get("/desk/").status_code == 200


def test_the_curated_answers_cost_the_same_queries(desk, document, django_assert_max_num_queries):
    for number in range(6):
        form = form_of(document, question=f"Question {number}?", phrasings="")
        assert desk.post("/desk/answers/new/", form).status_code == 302

    with django_assert_max_num_queries(18):
        page = desk.get("/desk/answers/").text

    assert page.count("answer-row") == 6


def test_htmx_gets_the_list_alone(desk, question):
    part = desk.get("/desk/", {"q": "vault"}, headers={"HX-Request": "true"}).text

    assert "&lt;vault&gt;" in part
    assert "<html" not in part
    assert "&lt;vault&gt;" not in desk.get("/desk/", {"q": "window"}).text


def test_a_question_is_dismissed_with_a_reason_and_reopened(desk, question):
    settle = f"/desk/questions/{question.uuid}/settle/"
    desk.post(settle, {"state": "dismissed", "why": "personal"})
    assert "vault" not in desk.get("/desk/").text
    assert "personal or confidential" in desk.get("/desk/?state=dismissed").text

    desk.post(settle, {"state": "open"})

    assert "vault" in desk.get("/desk/").text


def test_going_back_keeps_only_what_the_list_knows(desk, question):
    settle = f"/desk/questions/{question.uuid}/settle/"

    response = desk.post(settle, {"state": "answered", "back": "q=vault&next=//evil.example"})

    assert response.headers["Location"] == "/desk/?q=vault"


def test_the_nearest_passages_are_shown(desk, question):
    assert desk.get(f"/desk/questions/{question.uuid}/passages/").status_code == 200


def test_answering_stores_the_answer_and_settles_the_question(desk, question, document):
    form = form_of(document, open_question=str(question.uuid))

    response = desk.post(f"/desk/answers/new/?question={question.uuid}", form)

    saved = CuratedAnswer.objects.get()
    assert response.headers["Location"] == f"/desk/answers/{saved.uuid}/?saved=1"
    assert saved.questions.first().text == "Where is the vault?"
    assert saved.sources.get().quote == "behind the boiler room"
    question.refresh_from_db()
    assert question.state == "answered"


def test_an_answer_is_stored_though_its_question_was_deleted_meanwhile(desk, question, document):
    form = form_of(document, open_question=str(question.uuid))
    Trace.objects.all().delete()
    question.delete()

    assert desk.post("/desk/answers/new/", form).status_code == 302
    assert CuratedAnswer.objects.get().text == "Behind the boiler room."


def test_no_nul_reaches_the_database(desk, document):
    desk.post("/desk/answers/new/", form_of(document, text="In the\0 cellar."))
    desk.post("/desk/golden/new/", {"text": "Why\0?", "collection": document.collection.uuid})

    assert CuratedAnswer.objects.get().text == "In the cellar."
    assert GoldenQuestion.objects.get().text == "Why?"
    assert "\0" not in desk.get("/desk/?q=%00vault").text


def test_the_quote_of_a_deleted_document_is_not_shown_any_more(desk, document):
    saved = desk.post("/desk/answers/new/", form_of(document)).headers["Location"]
    assert "behind the boiler room" in desk.get(saved).text

    document_delete(document=document, by=UserFactory(is_superuser=True))

    assert "behind the boiler room" not in desk.get(saved).text


def test_after_saving_it_can_be_asked_at_once(desk, document):
    saved = desk.post("/desk/answers/new/", form_of(document)).headers["Location"]

    page = desk.get(saved).text

    assert f"/?q=Where%20is%20the%20vault%3F&amp;collection={document.collection.uuid}" in page


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"quote": ["under the roof"]}, "does not stand in its document"),
        ({"document": [], "quote": [], "passage": []}, "at least one source"),
        ({"text": ""}, "Write the answer"),
        ({"collection": ""}, "Choose the collection"),
    ],
)
def test_what_is_missing_is_told_and_what_was_written_stays(changes, problem, desk, document):
    page = desk.post("/desk/answers/new/", form_of(document, **changes)).text

    assert problem in page
    assert "What is the place of the vault?" in page
    assert not CuratedAnswer.objects.exists()


def test_a_passage_is_taken_as_a_source_and_dropped_again(desk, document, chunk):
    form = form_of(
        document, document=[], quote=[], passage=[], find="code changed", take=chunk.uuid
    )
    del form["save"]
    taken = desk.post("/desk/answers/new/", form).text
    assert 'name="quote"' in taken
    assert "Its code is changed every month." in taken

    form = form_of(document, drop="0")
    del form["save"]

    assert 'name="quote"' not in desk.post("/desk/answers/new/", form).text


def test_an_unreadable_passage_is_no_source(desk, document):
    secret = ChunkFactory(text="Top secret words")
    form = form_of(document, take=str(secret.uuid))
    del form["save"]

    assert "Top secret" not in desk.post("/desk/answers/new/", form).text


def test_an_answer_is_changed_taken_out_of_use_and_deleted(desk, document):
    desk.post("/desk/answers/new/", form_of(document))
    uuid = CuratedAnswer.objects.get().uuid
    desk.post(f"/desk/answers/{uuid}/", form_of(document, text="In the cellar."))
    assert "In the cellar." in desk.get("/desk/answers/").text

    desk.post(f"/desk/answers/{uuid}/use/", {"is_active": "0"})
    assert "Not in use" in desk.get("/desk/answers/").text
    desk.post(f"/desk/answers/{uuid}/delete/")

    assert not CuratedAnswer.objects.exists()


def test_another_curator_finds_no_such_answer(desk, document):
    desk.post("/desk/answers/new/", form_of(document))
    uuid = CuratedAnswer.objects.get().uuid
    other = client_of(curator_of(CollectionFactory()))

    assert other.get(f"/desk/answers/{uuid}/").status_code == 404
    assert other.post(f"/desk/answers/{uuid}/delete/").status_code == 404
    assert "boiler" not in other.get("/desk/answers/").text


def test_an_answer_whose_source_changed_needs_a_look(desk, document, chunk):
    desk.post("/desk/answers/new/", form_of(document))
    chunk.version.pages.update(text="The vault is elsewhere now.")

    assert "Needs a look" in desk.get("/desk/answers/").text


def test_a_question_goes_into_the_golden_set_and_out_again(desk, question, document):
    form = {
        "text": question.text,
        "collection": str(document.collection.uuid),
        "answers": "behind the boiler room\n\n",
        "documents": [str(document.uuid)],
        "open_question": str(question.uuid),
    }
    desk.post("/desk/golden/new/", form)
    row = GoldenQuestion.objects.get()
    assert (row.answers, row.documents.get()) == (["behind the boiler room"], document)
    assert "behind the boiler room" in desk.get("/desk/golden/").text

    desk.post(f"/desk/golden/{row.uuid}/remove/")

    assert not GoldenQuestion.objects.exists()


def test_the_golden_form_says_what_is_missing(desk, document):
    form = {"text": "Why?", "collection": str(document.collection.uuid), "answers": "Because"}

    assert "Choose the document" in desk.post("/desk/golden/new/", form).text


def test_the_side_bar_counts_what_waits_for_curators_only(desk, question, document):
    reader = UserFactory()
    Grant.objects.create(collection=document.collection, user=reader)

    assert '<span class="pill push tabular" data-tone="accent">1<' in desk.get("/").text
    assert "/desk/" not in client_of(reader).get("/").text


@pytest.mark.parametrize("kind", ["questions", "answers", "golden"])
def test_what_does_not_exist_is_not_found(kind, desk):
    last = {"questions": "settle", "answers": "delete", "golden": "remove"}[kind]

    assert desk.post(f"/desk/{kind}/{uuid4()}/{last}/", {"state": "open"}).status_code == 404
