"""Widgets: who makes them, whom they act as, and how many questions they take."""

import math
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Conflict, Forbidden, Invalid, Overloaded
from apps.knowledge import access
from apps.knowledge.models import Collection, Permission, Widget
from apps.knowledge.origins import origins_from

MOST_PER_MINUTE = 10_000
MINUTE = timedelta(minutes=1)
MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class WidgetSettings:
    """What an administrator chooses; `origins` as they were typed."""

    acts_as: User
    origins: tuple[str, ...]
    title: str = ""
    greeting: str = ""
    questions_per_minute: int = 30
    is_active: bool = True


def widget_create(*, collection: Collection, settings: WidgetSettings, by: User) -> Widget:
    """Put a collection's answers on pages of the origins.

    Raises Conflict when the collection has a widget, else what `widget_update` raises.
    """
    if Widget.objects.filter(collection=collection).exists():
        raise Conflict(_("This collection has a widget already. Change that one."))
    return _written(Widget(collection=collection), settings, by)


def widget_update(*, widget: Widget, settings: WidgetSettings, by: User) -> Widget:
    """Change it; what is taken away (an origin, the active state) ends at once.

    Raises NotFound or Forbidden unless `by` manages the collection, Forbidden for acting as
    somebody else without being a superuser, Invalid for what cannot be.
    """
    return _written(widget, settings, by)


def widget_delete(*, widget: Widget, by: User) -> None:
    """Remove it. Pages with its bubble are refused from now on; questions asked so far stay."""
    access.require(by, Permission.MANAGE, widget.collection)
    widget.delete()


def widget_for(*, collection: UUID, origin: str, own_origin: str) -> Widget:
    """The widget that may be shown on pages of `origin`; our own site may always show it.

    Raises Forbidden, in the same words whatever is missing: strangers learn of no collection.
    """
    widget = _only(_usable().filter(collection__uuid=collection), origin, own_origin)
    if widget is None:
        raise Forbidden(_("This page may not show the assistant. Ask its administrator."))
    return widget


def widget_get(uuid: UUID, *, origin: str, own_origin: str) -> Widget | None:
    """The widget while it may still answer on pages of `origin`, else None."""
    return _only(_usable().filter(uuid=uuid), origin, own_origin)


def is_shown_on(widget: Widget, origin: str, own_origin: str) -> bool:
    """Whether pages of the origin may show it; compared exactly, as browsers do."""
    return bool(origin) and (origin == own_origin or origin in widget.origins)


def may_answer(widget: Widget) -> bool:
    """Whether the user it acts as may still read its collection."""
    readable = access.collections_of(widget.acts_as, Permission.READ)
    return readable.filter(pk=widget.collection_id).exists()


def is_listed(origin: str) -> bool:
    """Whether any active widget may be shown on pages of the origin."""
    lists = Widget.objects.filter(is_active=True).values_list("origins", flat=True)
    return any(origin in origins for origins in lists)


@transaction.atomic
def question_admit(widget: Widget) -> None:
    """Count a question, or raise Overloaded with the seconds to wait.

    `questions_per_minute` on average; after a quiet minute that many may come at once. The row is
    locked: all processes count together. Source: the generic cell rate algorithm, ITU-T I.371.
    """
    now = clock.now()
    row = Widget.objects.select_for_update().get(pk=widget.pk)
    spacing = timedelta(microseconds=MINUTE_US // row.questions_per_minute)
    due = max(row.paced_until or now, now)
    wait = due + spacing - now - MINUTE
    if wait > timedelta():
        raise Overloaded(
            _("Many questions are being asked here at the moment. Ask again in a few seconds."),
            retry_after_s=math.ceil(wait.total_seconds()),
        )
    Widget.objects.filter(pk=row.pk).update(paced_until=due + spacing)


def acts_as_check(user: User, collection: Collection) -> None:
    """Pass when a widget of the collection may act as the user, else raise Invalid."""
    if user.is_superuser:
        raise Invalid(
            _("A widget cannot act as an administrator. Choose a user who may only read this.")
        )
    if not access.collections_of(user, Permission.READ).filter(pk=collection.pk).exists():
        raise Invalid(
            _("“%(user)s” may not read this collection. Give them access to it first.")
            % {"user": user.get_username()}
        )


def warnings_of(widget: Widget) -> list[str]:
    """What is riskier than need be, one sentence each."""
    user, told = widget.acts_as, []
    if not may_answer(widget):
        told.append(_("“%(user)s” may not read the collection: the widget gives no answers."))
    others = access.collections_of(user, Permission.READ).exclude(pk=widget.collection_id)
    if others.exclude(grants__is_everyone=True).exists():
        told.append(
            _("“%(user)s” may read other collections too. A user with no further rights is safer.")
        )
    if access.collections_of(user, Permission.WRITE).exists() or user.is_staff:
        told.append(_("“%(user)s” may do more than read. A user with no further rights is safer."))
    if user.has_usable_password():
        told.append(
            _("People can sign in as “%(user)s” and would see the questions asked in the widget.")
        )
    if any(origin.startswith("http://") for origin in widget.origins):
        told.append(_("Pages without https can be altered on their way to the reader."))
    return [sentence % {"user": user.get_username()} for sentence in told]


def _usable() -> QuerySet[Widget]:
    return Widget.objects.filter(
        is_active=True, acts_as__is_active=True, collection__deleted_at=None
    ).select_related("collection", "acts_as")


def _only(found: QuerySet[Widget], origin: str, own_origin: str) -> Widget | None:
    widget = found.first()
    if widget is None or not is_shown_on(widget, origin, own_origin) or not may_answer(widget):
        return None
    return widget


def _written(widget: Widget, settings: WidgetSettings, by: User) -> Widget:
    access.require(by, Permission.MANAGE, widget.collection)
    if not 1 <= settings.questions_per_minute <= MOST_PER_MINUTE:
        raise Invalid(
            _("Questions per minute: between 1 and %(most)s.") % {"most": f"{MOST_PER_MINUTE:,}"}
        )
    if settings.acts_as.pk != widget.acts_as_id:
        if not by.is_superuser and settings.acts_as.pk != by.pk:
            raise Forbidden(_("Only an administrator may let a widget act as somebody else."))
        acts_as_check(settings.acts_as, widget.collection)
    widget.acts_as = settings.acts_as
    widget.origins = origins_from(settings.origins)
    widget.title, widget.greeting = settings.title.strip(), settings.greeting.strip()
    widget.questions_per_minute = settings.questions_per_minute
    widget.is_active = settings.is_active
    widget.save()
    return widget
