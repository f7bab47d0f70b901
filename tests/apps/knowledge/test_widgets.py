"""Widgets: who makes them, whom they act as, how many questions they take."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import Conflict, Forbidden, Invalid, NotFound, Overloaded
from apps.knowledge import widgets
from apps.knowledge.models import Grant, Permission, Widget
from apps.knowledge.widgets import (
    WidgetSettings,
    question_admit,
    warnings_of,
    widget_create,
    widget_delete,
    widget_update,
)
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
ORIGINS = ("https://intranet.example/",)


@pytest.fixture
def root():
    return UserFactory(is_superuser=True)


@pytest.fixture
def visitor():
    """A user made for the widget: nobody signs in as it."""
    user = UserFactory(username="intranet")
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def collection(visitor):
    return CollectionFactory(readers=[visitor])


@pytest.fixture
def widget(collection, visitor, root):
    settings = WidgetSettings(acts_as=visitor, origins=ORIGINS)
    return widget_create(collection=collection, settings=settings, by=root)


def manager_of(collection):
    user = UserFactory()
    Grant.objects.create(collection=collection, user=user, permission=Permission.MANAGE)
    return user


def test_a_widget_keeps_its_origins_as_browsers_send_them(widget):
    assert Widget.objects.get().origins == ["https://intranet.example"]
    assert warnings_of(widget) == []


def test_a_collection_has_one_widget(widget, visitor, root):
    settings = WidgetSettings(acts_as=visitor, origins=ORIGINS)

    with pytest.raises(Conflict):
        widget_create(collection=widget.collection, settings=settings, by=root)


def test_only_who_manages_the_collection_writes_a_widget(widget, visitor):
    settings = WidgetSettings(acts_as=visitor, origins=ORIGINS)

    with pytest.raises(NotFound):
        widget_update(widget=widget, settings=settings, by=UserFactory())
    with pytest.raises(Forbidden):
        widget_delete(widget=widget, by=visitor)


def test_nobody_lends_the_name_of_somebody_else(collection, visitor):
    manager = manager_of(collection)
    settings = WidgetSettings(acts_as=visitor, origins=ORIGINS)

    with pytest.raises(Forbidden):
        widget_create(collection=collection, settings=settings, by=manager)


def test_who_manages_the_collection_may_change_what_an_administrator_chose(widget, visitor):
    settings = WidgetSettings(acts_as=visitor, origins=ORIGINS, title="Ask HR", is_active=False)

    widget_update(widget=widget, settings=settings, by=manager_of(widget.collection))

    assert (Widget.objects.get().title, Widget.objects.get().is_active) == ("Ask HR", False)


@pytest.mark.parametrize("wrong", [{"is_superuser": True}, {}], ids=["superuser", "no reader"])
def test_a_widget_acts_as_a_reader_who_is_no_administrator(collection, root, wrong):
    settings = WidgetSettings(acts_as=UserFactory(**wrong), origins=ORIGINS)

    with pytest.raises(Invalid):
        widget_create(collection=collection, settings=settings, by=root)


@pytest.mark.parametrize("number", [0, -1, 10_001])
def test_the_number_of_questions_has_bounds(collection, visitor, root, number):
    settings = WidgetSettings(acts_as=visitor, origins=ORIGINS, questions_per_minute=number)

    with pytest.raises(Invalid):
        widget_create(collection=collection, settings=settings, by=root)


def test_every_further_right_is_warned_of(widget, visitor):
    CollectionFactory(writers=[visitor])
    visitor.set_password("a-Test-password-1")
    visitor.save()
    Grant.objects.filter(collection=widget.collection).delete()
    widget.origins = ["http://intranet.example"]

    told = "\n".join(warnings_of(widget))

    for words in ("no answers", "other collections", "more than read", "sign in as", "https"):
        assert words in told


def test_what_everybody_may_read_is_no_further_right(widget):
    Grant.objects.create(collection=CollectionFactory(), is_everyone=True)

    assert warnings_of(widget) == []


@pytest.mark.parametrize("per_minute", [1, 7, 30])
def test_a_minutes_questions_are_taken_at_once_and_no_more(widget, per_minute):
    Widget.objects.update(questions_per_minute=per_minute)

    for _ in range(per_minute):
        question_admit(widget)
    with pytest.raises(Overloaded) as refusal:
        question_admit(widget)

    assert 0 < refusal.value.retry_after_s <= 60 // per_minute + 1


def test_after_the_pause_named_the_next_question_is_taken(widget, monkeypatch):
    Widget.objects.update(questions_per_minute=2)
    question_admit(widget)
    question_admit(widget)
    with pytest.raises(Overloaded) as refusal:
        question_admit(widget)

    later = timezone.now() + timedelta(seconds=refusal.value.retry_after_s)
    monkeypatch.setattr(widgets.clock, "now", lambda: later)

    question_admit(widget)
