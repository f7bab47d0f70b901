"""Where two sentences that speak of the same contradict each other."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from apps.generation.checking.contradictions.cues import DENYING
from apps.generation.checking.contradictions.denials import is_denied, is_other_duty
from apps.generation.checking.contradictions.numbers import is_other_bound, is_other_number
from apps.generation.checking.contradictions.statements import Opposite, Statement

_NEAR, _MARGIN = 0.3, 0.25


class Clash(StrEnum):
    """In what a sentence says something else than its source."""

    DENIAL = "denial"
    DUTY = "duty"
    OPPOSITE = "opposite"
    NUMBER = "number"
    BOUND = "bound"


def clash_of(said: Statement, given: Statement) -> Clash | None:
    """In what `said` contradicts `given`; the two are taken to speak of the same."""
    checks: Sequence[tuple[Clash, Callable[[Statement, Statement], bool]]] = (
        (Clash.DUTY, is_other_duty),
        (Clash.DENIAL, is_denied),
        (Clash.OPPOSITE, _is_opposite),
        (Clash.BOUND, is_other_bound),
        (Clash.NUMBER, is_other_number),
    )
    return next((clash for clash, is_found in checks if is_found(said, given)), None)


def _is_opposite(said: Statement, given: Statement) -> bool:
    as_denied = _denied(said) != _denied(given)
    if as_denied and said.exceptions != given.exceptions:
        return False
    for one in said.opposites:
        sign = _sign(one, said, as_denied=as_denied)
        if not sign:
            continue
        against = _likeness(one, -sign, given, as_denied=as_denied)
        if (
            against >= _NEAR
            and against > _likeness(one, sign, given, as_denied=as_denied) + _MARGIN
            and against > _likeness(one, -sign, said, as_denied=as_denied)
        ):
            return True
    return False


def _denied(one: Statement) -> list[str]:
    return sorted(reach.focus for reach in one.reaches if reach.kind in DENYING)


def _sign(one: Opposite, there: Statement, *, as_denied: bool) -> int:
    """Its side, turned round by a denial, 0 where that is not sure."""
    return one.side[1] * (there.sign_at(one.start) if as_denied else 1)


def _likeness(one: Opposite, sign: int, there: Statement, *, as_denied: bool) -> float:
    """How alike the surroundings of `one` and of a word of the pair's side are; -1 without one."""
    return max(
        (
            one.around.likeness(other.around)
            for other in there.opposites
            if other.side[0] == one.side[0]
            and other is not one
            and _sign(other, there, as_denied=as_denied) in (sign, 0)
        ),
        default=-1.0,
    )
