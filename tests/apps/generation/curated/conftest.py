"""A curator, and curated answers over the small knowledge base."""

import pytest

from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.curated.writing import CuratedDraft, SourceDraft, curated_answer_save
from apps.knowledge.access import Scope
from apps.knowledge.models import Grant, Permission
from tests.apps.generation.conftest import collection, knowledge, reader, scope
from tests.factories import UserFactory

__all__ = ["collection", "knowledge", "reader", "scope"]

QUOTE = "Hold the green button for five seconds"


@pytest.fixture
def curator(collection):
    person = UserFactory()
    Grant.objects.create(collection=collection, user=person, permission=Permission.MANAGE)
    return person


@pytest.fixture
def draft(collection, knowledge):
    """What a curator hands in; any part may be changed."""

    def make(**changes):
        source = SourceDraft(document=knowledge["printer.txt"].uuid, quote=QUOTE)
        values = {
            "collection": collection,
            "text": "Press the green button for five seconds.",
            "questions": ["How do I restart the machine?"],
            "sources": [source],
        }
        return CuratedDraft(**(values | changes))

    return make


@pytest.fixture
def saved(draft, curator):
    """The stored answer."""

    def save(**changes):
        return curated_answer_save(by=curator, draft=draft(**changes))

    return save


@pytest.fixture
def ask(reader):
    """Ask as somebody, the reader when nobody is named."""

    def asking(text, user=reader, **values):
        return answer(Question(text=text, scope=Scope.of(user), user=user, **values))

    return asking
