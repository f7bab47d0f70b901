"""What is noted for curators, and which of it each of them sees."""

import pytest
from django.utils import timezone

from apps.core.errors import NotFound
from apps.generation import open_questions
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.feedback import Opinion, feedback_give
from apps.generation.models import Asking, OpenQuestion, Trace
from apps.generation.open_questions import Wanted, asking_note, open_question_list, question_report
from apps.knowledge.access import Scope
from apps.knowledge.models import Grant, Permission
from tests.factories import CollectionFactory, DocumentFactory, UserFactory

pytestmark = pytest.mark.django_db
KIND = Asking.Kind


def curator_of(collection):
    person = UserFactory()
    Grant.objects.create(collection=collection, user=person, permission=Permission.MANAGE)
    return person


def asked(user, question="Where is the vault?", document=None, **values):
    candidates = [{"document": str(document.uuid)}] if document else []
    return Trace.objects.create(user=user, question=question, candidates=candidates, **values)


def desk(by, **wanted):
    return [one.text for one in open_question_list(by=by, wanted=Wanted(**wanted))]


@pytest.fixture
def document():
    return DocumentFactory()


@pytest.fixture
def curator(document):
    return curator_of(document.collection)


def test_an_unanswered_question_is_on_the_desk_of_where_it_was_asked(scope, reader, collection):
    question = "Does the printer support duplex scanning?"

    answer(Question(text=question, scope=scope, user=reader))

    assert desk(curator_of(collection)) == [question]
    assert OpenQuestion.objects.get().nearest.title == "Printer manual"


def test_an_answered_question_is_not_noted(scope, reader):
    answer(Question(text="Who designed the printer?", scope=scope, user=reader))

    assert not OpenQuestion.objects.exists()


def test_what_an_evaluation_asks_is_not_noted(scope, reader):
    answer(Question(text="Where is the moon?", scope=scope, user=reader, is_trial=True))

    assert not OpenQuestion.objects.exists()


def test_noting_takes_few_queries(document, django_assert_max_num_queries):
    first, second = (asked(UserFactory(), document=document) for _ in range(2))
    scope = Scope(user_id=1, collection_ids=frozenset({document.collection_id}))

    with django_assert_max_num_queries(10):  # savepoints among them
        asking_note(trace=first, kind=KIND.UNANSWERED, asked_in=scope)
    with django_assert_max_num_queries(6):
        asking_note(trace=second, kind=KIND.UNANSWERED, asked_in=scope)


@pytest.mark.parametrize(
    "other", ["where is  the VAULT", "Ｗhere is the vault？！", " Where is the vault. "]
)
def test_layouts_of_one_question_are_one_row(other, document, curator):
    for text in ("Where is the vault?", other):
        asking_note(trace=asked(UserFactory(), text, document), kind=KIND.UNANSWERED)

    only = open_question_list(by=curator, wanted=Wanted()).get()
    assert only.asked == 2


def test_a_curator_sees_no_other_collections_questions(document, curator):
    elsewhere = DocumentFactory()
    asking_note(trace=asked(UserFactory(), "A?", document), kind=KIND.UNANSWERED)
    asking_note(trace=asked(UserFactory(), "B?", elsewhere), kind=KIND.UNANSWERED)

    assert desk(curator) == ["A?"]
    assert desk(curator_of(elsewhere.collection)) == ["B?"]
    assert open_questions.open_count(curator) == 1


@pytest.mark.parametrize("permission", [Permission.READ, Permission.WRITE])
def test_readers_and_writers_have_no_desk(permission, document):
    person = UserFactory()
    Grant.objects.create(collection=document.collection, user=person, permission=permission)
    asking_note(trace=asked(UserFactory(), document=document), kind=KIND.UNANSWERED)

    assert desk(person) == []


def test_only_administrators_see_questions_that_belong_nowhere(document, curator):
    asking_note(trace=asked(UserFactory(), "Nowhere?"), kind=KIND.UNANSWERED)

    assert desk(curator) == []
    assert desk(UserFactory(is_superuser=True)) == ["Nowhere?"]


def test_what_a_curator_is_given_never_names_who_asked(document, curator, reader):
    asking_note(trace=asked(reader, document=document), kind=KIND.UNANSWERED)

    fields = {field.name for field in OpenQuestion._meta.get_fields()}

    assert not {"user", "asked_by", "created_by"} & fields


def test_a_search_is_no_question(document):
    trace = asked(UserFactory(), document=document, kind=Trace.Kind.SEARCH)

    asking_note(trace=trace, kind=KIND.UNANSWERED)

    assert not OpenQuestion.objects.exists()


def test_a_follow_up_is_noted_as_it_was_understood(document, curator):
    trace = asked(UserFactory(), "And when?", document, search_query="And when? Who built it?")

    asking_note(trace=trace, kind=KIND.UNANSWERED)

    assert desk(curator) == ["And when? Who built it?"]


def test_a_thumb_down_puts_a_question_on_the_desk_and_a_thumb_up_takes_it_off(
    document, curator, reader
):
    trace = asked(reader, document=document, is_answered=True)
    bad = Opinion("down", reason="outdated", comment="That was last year.")
    feedback_give(trace=trace.uuid, by=reader, opinion=bad)
    assert desk(curator) == ["Where is the vault?"]
    assert Asking.objects.get().note == "That was last year."

    feedback_give(trace=trace.uuid, by=reader, opinion=Opinion("up"))

    assert desk(curator) == []
    assert not OpenQuestion.objects.exists()


def test_a_question_is_sent_to_the_curator_once(document, curator, reader):
    trace = asked(reader, document=document)
    for note in ("", "It is in the old building."):
        question_report(trace=trace.uuid, by=reader, note=note)

    assert desk(curator) == ["Where is the vault?"]
    assert [one.note for one in Asking.objects.all()] == ["It is in the old building."]


def test_nobody_reports_another_persons_question(document, reader):
    trace = asked(UserFactory(), document=document)

    with pytest.raises(NotFound):
        question_report(trace=trace.uuid, by=reader)


def test_a_report_joins_the_question_that_the_answer_left_open(scope, reader, collection):
    given = answer(Question(text="Where is the moon base?", scope=scope, user=reader))

    question_report(trace=given.trace, by=reader, note="Look again")

    assert {one.kind for one in OpenQuestion.objects.get().askings.all()} == {
        "unanswered",
        "reported",
    }


def test_a_settled_question_that_is_asked_in_vain_again_is_open_again(document, curator):
    asking_note(trace=asked(UserFactory(), document=document), kind=KIND.UNANSWERED)
    open_questions.question_settle(question=OpenQuestion.objects.get(), by=curator)
    assert desk(curator) == []

    asking_note(trace=asked(UserFactory(), document=document), kind=KIND.UNANSWERED)

    assert desk(curator) == ["Where is the vault?"]


def test_a_dismissed_question_stays_dismissed_until_it_is_reopened(document, curator):
    asking_note(trace=asked(UserFactory(), document=document), kind=KIND.UNANSWERED)
    question = OpenQuestion.objects.get()
    open_questions.question_dismiss(question=question, by=curator, why="other")
    asking_note(trace=asked(UserFactory(), document=document), kind=KIND.UNANSWERED)
    assert desk(curator) == []

    open_questions.question_reopen(question=question, by=curator)

    assert desk(curator) == ["Where is the vault?"]


def test_another_curator_settles_nothing(document):
    asking_note(trace=asked(UserFactory(), document=document), kind=KIND.UNANSWERED)

    with pytest.raises(NotFound):
        open_questions.question_settle(
            question=OpenQuestion.objects.get(), by=curator_of(CollectionFactory())
        )


def test_a_question_goes_with_the_last_trace_of_it(document, curator):
    trace = asked(UserFactory(), document=document)
    asking_note(trace=trace, kind=KIND.UNANSWERED)
    trace.delete()
    assert desk(curator) == []

    assert open_questions.orphans_remove() == 1


def test_an_answer_that_was_replaced_is_not_counted(document, curator):
    trace = asked(UserFactory(), document=document)
    asking_note(trace=trace, kind=KIND.UNANSWERED)

    Trace.objects.update(is_replaced=True)

    assert desk(curator) == []


def test_the_list_is_narrowed_and_sorted(document, curator):
    for text, times in (("Rare vault?", 1), ("Usual vault?", 2), ("Door?", 1)):
        for _ in range(times):
            asking_note(trace=asked(UserFactory(), text, document), kind=KIND.UNANSWERED)
    OpenQuestion.objects.filter(text="Rare vault?").update(last_asked_at=timezone.now())

    assert desk(curator, text="vault") == ["Usual vault?", "Rare vault?"]
    assert desk(curator, text="vault", newest=True) == ["Rare vault?", "Usual vault?"]
    assert desk(curator, collection=CollectionFactory().uuid) == []
