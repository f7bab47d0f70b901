"""The pages of golden sets: who opens them, what is withheld, what their buttons do."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.evaluation.golden_sets import golden_set_default
from apps.evaluation.models import EvaluationResult, EvaluationRun, GoldenQuestion, GoldenSet
from apps.knowledge.models import DocumentGrant, Grant, Permission
from tests.admin_pages import client_of
from tests.apps.evaluation.worlds import asked, golden, papers, place
from tests.apps.generation.conftest import collection, knowledge, reader
from tests.factories import CollectionFactory, UserFactory

__all__ = ["collection", "golden", "knowledge", "papers", "place", "reader"]
pytestmark = pytest.mark.django_db
SETS = "/admin/evaluation/goldenset/"
QUESTIONS = "/admin/evaluation/goldenquestion/"
RUNS = "/admin/evaluation/evaluationrun/"


@pytest.fixture
def curator(place, papers):
    """Manages the collection, but may not read one document of it."""
    person = UserFactory(is_staff=True)
    Grant.objects.create(collection=place, user=person, permission=Permission.MANAGE)
    printer = papers["printer.txt"]
    DocumentGrant.objects.create(document=printer, user=person, is_denied=True)
    return person


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def posted(client, address, **values):
    answer = client.post(address, values, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_set_is_asked_by_a_button_and_shown_with_its_figures(admin_client, golden):
    assert "It is being asked" in posted(admin_client, f"{SETS}{golden.pk}/run/")
    progress = admin_client.get(f"{SETS}{golden.pk}/progress/").json()
    assert progress["bars"][0]["total"] == 4
    asked(golden)

    page = read(admin_client, f"{SETS}{golden.pk}/change/")

    assert "100.0% to 100.0%" in page
    assert "TXT" in page
    assert str(golden.collection.name) in read(admin_client, SETS)


@pytest.mark.parametrize("page", ["history", "change", "delete"])
def test_who_manages_another_collection_learns_not_even_the_name_of_the_set(golden, page):
    stranger = UserFactory(is_staff=True)
    Grant.objects.create(
        collection=CollectionFactory(), user=stranger, permission=Permission.MANAGE
    )
    run, client = EvaluationRun.objects.create(golden_set=golden), client_of(stranger)

    for address in (f"{SETS}{golden.pk}/{page}/", f"{RUNS}{run.pk}/{page}/"):
        assert golden.collection.name not in client.get(address, follow=True).content.decode()


def test_a_run_is_shown_down_to_its_questions(admin_client, golden):
    run = asked(golden)

    page = read(admin_client, f"{RUNS}{run.pk}/change/")

    assert "Anna Keller" in page
    assert "Rightly refused" in page
    assert "Nothing of this kind." in read(admin_client, f"{RUNS}{run.pk}/change/?show=wrong")


def test_what_quotes_a_document_that_may_not_be_read_is_withheld(golden, curator):
    run = asked(golden)

    page = read(client_of(curator), f"{RUNS}{run.pk}/change/")

    assert "Keller" not in page
    assert "Who designed" not in page
    assert "It rests on a document that you may not read." in page
    assert "25 days" in page


def test_two_runs_are_compared_down_to_the_questions_that_were_lost(admin_client, golden, curator):
    old, new = asked(golden), asked(golden)
    for result in new.results.all():
        scores = dict.fromkeys(result.scores, 0.0)
        EvaluationResult.objects.filter(pk=result.pk).update(scores=scores)

    page = read(admin_client, f"{RUNS}compare/?old={old.pk}&new={new.pk}")

    assert "-100.0" in page
    assert "Lost 4" in page
    assert "Keller" not in read(client_of(curator), f"{RUNS}compare/?old={old.pk}&new={new.pk}")


def test_a_loss_with_the_last_change_is_told(admin_client, golden):
    asked(golden)
    for result in asked(golden).results.all():
        scores = dict.fromkeys(result.scores, 0.0)
        EvaluationResult.objects.filter(pk=result.pk).update(scores=scores)

    assert "lost with the last change" in read(admin_client, SETS)
    assert "MRR -100.0 points" in read(admin_client, f"{SETS}{golden.pk}/change/")


def test_many_sets_cost_no_more_queries(admin_client, golden, django_assert_num_queries):
    asked(golden)
    asked(golden)
    with CaptureQueriesContext(connection) as alone:
        read(admin_client, SETS)
    for number in range(3):
        other = GoldenSet.objects.create(collection=golden.collection, name=f"set {number}")
        EvaluationRun.objects.create(golden_set=other, state="done")

    with django_assert_num_queries(len(alone)):
        read(admin_client, SETS)


def test_a_table_is_looked_at_then_brought_in(admin_client, golden):
    table = b"question,answers,documents\nWho restarts it?,you,printer.txt\nA?,a,no.txt\n"

    def sent(**values):
        file = SimpleUploadedFile("q.csv", table)
        answer = admin_client.post(f"{SETS}{golden.pk}/import/", {"file": file, **values})
        return answer.content.decode()

    assert "Nothing was written." in sent(check="1")
    assert GoldenQuestion.objects.count() == 4
    assert "1 added" in sent()
    assert "no.txt" in sent()


def test_questions_go_out_as_a_file(admin_client, golden):
    answer = admin_client.get(f"{SETS}{golden.pk}/questions.xlsx")

    assert answer["Content-Disposition"].endswith('golden-questions.xlsx"')
    assert answer.content.startswith(b"PK")


def test_drafts_are_made_looked_at_and_taken_into_use(admin_client, collection, knowledge):
    golden = golden_set_default(collection)
    posted(admin_client, f"{SETS}{golden.pk}/draft/", count="5")
    draft = GoldenQuestion.objects.first()
    assert draft.text in read(admin_client, f"{QUESTIONS}?state__exact=draft")

    posted(admin_client, QUESTIONS, action="take", _selected_action=[draft.pk])

    assert GoldenQuestion.objects.get(pk=draft.pk).state == "active"
    assert "were known" in posted(admin_client, f"{SETS}{golden.pk}/harvest/")


def test_a_question_is_written_and_changed_in_the_administration(admin_client, golden):
    values = {"golden_set": golden.pk, "text": "How is it restarted?", "tags": "manual",
              "answers": "Hold the button\nthe green button", "paths": "printer.txt",
              "evidence": ""}  # fmt: skip
    posted(admin_client, f"{QUESTIONS}add/", **values)
    row = GoldenQuestion.objects.get(text="How is it restarted?")
    assert row.answers == ["Hold the button", "the green button"]

    posted(admin_client, f"{QUESTIONS}{row.pk}/change/", **values | {"paths": "missing.txt"})
    posted(admin_client, f"{QUESTIONS}{row.pk}/change/", **values | {"tags": "table"})

    row.refresh_from_db()
    assert (row.tags, [one.path for one in row.documents.all()]) == ("table", ["printer.txt"])


def test_settings_and_another_set(admin_client, golden):
    posted(admin_client, f"{SETS}{golden.pk}/settings/", name="Office", max_loss="2.5")
    posted(admin_client, f"{SETS}create/", collection=golden.collection_id, name="Travel")

    golden.refresh_from_db()
    assert (golden.name, golden.max_loss, golden.is_guard) == ("Office", 0.025, False)
    other = GoldenSet.objects.get(name="Travel")
    posted(admin_client, f"{SETS}{other.pk}/delete/", post="yes")
    assert not GoldenSet.objects.filter(pk=other.pk).exists()


def test_a_refused_switch_is_allowed_with_a_reason_on_its_run(admin_client, golden, admin_user):
    run = EvaluationRun.objects.create(golden_set=golden, candidate={"generation": 1}, state="done")

    posted(admin_client, f"{RUNS}{run.pk}/allow/", reason="It is faster.")

    assert run.decisions.get().by == admin_user
    assert "It is faster." in read(admin_client, f"{RUNS}{run.pk}/change/")


def test_a_run_is_stopped_by_a_button(admin_client, golden):
    posted(admin_client, f"{SETS}{golden.pk}/run/")

    posted(admin_client, f"{RUNS}{EvaluationRun.objects.get().pk}/stop/")

    assert EvaluationRun.objects.get().state == "stopped"


def test_why_a_document_is_not_in_an_answer(admin_client, knowledge):
    page = read(admin_client, "/admin/why-not/?q=Who+designed+the+printer%3F&document=leave.txt")

    assert "Fell out here" in page
    assert "Not in the answer" in page
    assert "no such document" in read(admin_client, "/admin/why-not/?q=x&document=nothing.txt")
    assert "Which of these?" in read(admin_client, "/admin/why-not/?q=x&document=txt")


@pytest.mark.parametrize(
    "address", [SETS, f"{SETS}{{set}}/change/", f"{RUNS}{{run}}/change/", QUESTIONS,
                "/admin/why-not/"]
)  # fmt: skip
def test_staff_who_manage_no_collection_see_nothing(golden, address):
    run = EvaluationRun.objects.create(golden_set=golden)
    client = client_of(UserFactory(is_staff=True))

    assert client.get(address.format(set=golden.pk, run=run.pk)).status_code == 403


def test_a_curator_of_another_collection_does_not_see_the_set(golden, place):
    person = UserFactory(is_staff=True)
    other = GoldenSet.objects.create(collection=type(place).objects.create(name="Other"))
    Grant.objects.create(collection=other.collection, user=person, permission=Permission.MANAGE)
    run = EvaluationRun.objects.create(golden_set=golden)

    for address in (f"{SETS}{golden.pk}/change/", f"{RUNS}{run.pk}/change/"):
        assert client_of(person).get(address).status_code == 404
    assert golden.collection.name not in read(client_of(person), SETS)
