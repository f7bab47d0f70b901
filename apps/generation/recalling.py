"""What a question leans on: the turns before it, as its asker may read them now."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from apps.core import config
from apps.generation import followups
from apps.generation.answers import Question
from apps.generation.checking.claims import MARK
from apps.generation.models import Trace
from apps.generation.protocols import Exchange
from apps.generation.turn_order import in_place
from apps.generation.withholding import withhold
from apps.knowledge.access import Scope
from apps.knowledge.models import Version
from apps.knowledge.models.collections import RemoteUse

MOST_TURNS = 3


class Memory:
    """`recall` of a question, done when it is called for, and once."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._turns: Sequence[Exchange] | None = None

    def __call__(self) -> Sequence[Exchange]:
        """The turns before."""
        if self._turns is None:
            self._turns = recall(self._question)
        return self._turns

    @property
    def versions(self) -> frozenset[str]:
        """Ids of the versions whose words were called for; empty: nothing was."""
        return frozenset[str]().union(*(turn.versions for turn in self._turns or ()))


def recall(question: Question) -> Sequence[Exchange]:
    """The last turns before the question, oldest first; none when it stands alone.

    An answer of which a source was deleted, or may not be read any more, is left out. What is known
    only from the asker (`previous`) may not leave: nobody knows where it is from.
    """
    if not followups.is_follow_up(question.text):
        return ()
    if question.conversation is None:
        return (Exchange(question.previous, "", may_leave=False),) if question.previous else ()
    asked = question.conversation.traces.filter(kind=Trace.Kind.ASK).order_by("created_at", "pk")
    turns = in_place(asked)
    if replaced := question.replaces:
        turns = list(takewhile(lambda turn: turn.pk != replaced.pk, turns))
    allowed = _allowed(turns)
    turns = turns[-MOST_TURNS:]
    withheld = withhold(turns, scope=Scope.of(question.user))
    return tuple(_exchange(turn, allowed[turn.pk]) for turn in turns if turn.pk not in withheld)


def _exchange(turn: Trace, may_leave: bool) -> Exchange:
    answer = MARK.sub("", turn.answer) if turn.is_answered else ""
    return Exchange(turn.question, answer, may_leave, frozenset(_versions(turn)))


def _allowed(turns: Sequence[Trace]) -> Mapping[int, bool]:
    """Of each turn, by key, whether all that was found for it, and for the turns that it leaned on
    (its answer may hold their words), may go to a remote engine. One query."""
    if not config.load().engines.remote_url:
        return dict.fromkeys((turn.pk for turn in turns), False)
    used = {turn.pk: _versions(turn) for turn in turns}
    named = set[str]().union(*used.values())
    allowed = Version.objects.filter(
        uuid__in=named, document__collection__remote_use=RemoteUse.ALLOWED
    )
    may_leave = {str(uuid) for uuid in allowed.values_list("uuid", flat=True)}
    allowing: dict[int, bool] = {}
    for place, turn in enumerate(turns):
        leant_on = turns[max(0, place - MOST_TURNS) : place] if turn.search_query else ()
        versions = used[turn.pk]
        is_free = bool(versions) and versions <= may_leave
        allowing[turn.pk] = is_free and all(allowing[one.pk] for one in leant_on)
    return allowing


def _versions(turn: Trace) -> set[str]:
    entries: list[dict[str, Any]] = [*turn.citations, *turn.candidates]
    return {*(entry["version"] for entry in entries), *turn.leant_on}
