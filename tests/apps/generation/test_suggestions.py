"""What an empty question page offers."""

import pytest
from django.core.cache import cache

from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.models import CuratedAnswer, Trace
from apps.generation.suggestions import suggested_questions
from apps.knowledge.access import Scope
from apps.knowledge.models import Grant, Permission
from tests.factories import CollectionFactory, DocumentFactory, UserFactory

POPULAR = "Who designed the printer?"


@pytest.fixture(autouse=True)
def _counted_afresh():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person(db):
    return UserFactory()


def texts(user, language="en", limit=20):
    found = suggested_questions(scope=Scope.of(user), language=language, limit=limit)
    return [one.text for one in found]


def listed(person, *questions):
    return CollectionFactory(readers=[person], suggested_questions=list(questions))


def test_collections_take_turns(person):
    first = listed(person, "A1?", "A2?")
    listed(person, "B1?", "a1?")

    assert texts(person) == ["A1?", "B1?", "A2?"]
    assert suggested_questions(scope=Scope.of(person), language="en", limit=1)[0].collection == (
        first.uuid
    )


def test_unreadable_collections_suggest_nothing(person):
    CollectionFactory(suggested_questions=["Secret?"])

    assert texts(person) == []


@pytest.mark.parametrize(
    ("language", "first"), [("en", "How?"), ("zh-hans", "怎么办？"), ("zh-hant", "怎么办？")]
)
def test_questions_in_the_language_of_the_page_come_first(person, language, first):
    listed(person, "怎么办？", "How?")

    assert texts(person, language)[0] == first


def test_what_curators_answered_is_suggested_where_its_sources_may_be_read(person):
    ours, document = CollectionFactory(readers=[person]), DocumentFactory()
    for text, source in (("Open?", None), ("Closed?", document)):
        curated = CuratedAnswer.objects.create(collection=ours, text="Yes.")
        curated.questions.create(text=text, key=text)
        if source:
            curated.sources.create(document=source, version_id_quoted=1, quote="x")

    assert texts(person) == ["Open?"]


def test_what_three_people_asked_is_suggested_to_those_who_may_read_its_source(collection, scope):
    for _ in range(3):
        user = UserFactory()
        Grant.objects.create(collection=collection, user=user, permission=Permission.READ)
        answer(Question(POPULAR, scope=scope, user=user))

    assert texts(user) == [POPULAR]
    assert texts(UserFactory()) == []


def test_what_fewer_people_asked_stays_theirs(reader, scope):
    for user in (reader, reader, reader, UserFactory()):
        answer(Question(POPULAR, scope=scope, user=user))

    assert texts(reader) == []


def test_what_is_deleted_is_not_suggested_any_more(reader, collection, scope):
    for _ in range(3):
        answer(Question(POPULAR, scope=scope, user=UserFactory()))
    assert texts(reader) == [POPULAR]

    Trace.objects.all().delete()

    assert texts(reader) == []


def test_the_number_of_queries_does_not_grow(person, django_assert_max_num_queries):
    for _ in range(5):
        curated = CuratedAnswer.objects.create(collection=listed(person, "A?"), text="Yes.")
        curated.questions.create(text="B?", key="B?")

    scope = Scope.of(person)
    with django_assert_max_num_queries(8):
        suggested_questions(scope=scope, language="en", limit=6)
