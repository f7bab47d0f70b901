"""Conversations belong to one user."""

import pytest

from apps.core.errors import NotFound
from apps.generation import conversations
from apps.generation.models import Conversation, Trace
from tests.factories import UserFactory


@pytest.fixture
def owner(db):
    return UserFactory()


def test_a_user_lists_only_their_own(owner):
    mine = conversations.conversation_create(by=owner)
    conversations.conversation_create(by=UserFactory())

    assert list(conversations.conversation_list(by=owner)) == [mine]


def test_another_users_is_neither_read_nor_deleted(owner):
    theirs = conversations.conversation_create(by=UserFactory())

    with pytest.raises(NotFound):
        conversations.conversation_get(uuid=theirs.uuid, by=owner)
    with pytest.raises(NotFound):
        conversations.conversation_delete(conversation=theirs, by=owner)


def test_deleting_takes_its_questions_along(owner):
    talk = conversations.conversation_create(by=owner)
    Trace.objects.create(user=owner, question="Who?", conversation=talk)

    conversations.conversation_delete(conversation=talk, by=owner)

    assert not Conversation.objects.exists()
    assert not Trace.objects.exists()
