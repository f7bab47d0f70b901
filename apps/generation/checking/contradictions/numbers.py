"""Whether two sentences count alike."""

from apps.generation.checking.contradictions.quantities import Quantity
from apps.generation.checking.contradictions.statements import Statement

_NEAR, _MARGIN, _HALF = 0.3, 0.25, 0.5


def is_other_bound(said: Statement, given: Statement) -> bool:
    """ "at most 5" here, "at least 5" there."""
    for one in said.quantities:
        bounds = {other.bound for other in given.quantities if _is_same(one, other)}
        if one.bound and bounds and one.bound not in bounds and "" not in bounds:
            return True
    return False


def is_other_number(said: Statement, given: Statement) -> bool:
    return any(
        _is_other_unit(one, said, given) or _is_swapped(one, said, given)
        for one in said.quantities
        if one.written or one.unit
    )


def _is_other_unit(one: Quantity, said: Statement, given: Statement) -> bool:
    """The same digits with another unit, or another power of ten."""
    around = said.around(one.start, one.end)
    same = [
        (around.likeness(given.around(other.start, other.end)), other)
        for other in given.quantities
        if _is_same_written(one, other)
    ]
    best = max((share for share, _other in same), default=0.0)
    return bool(same) and not any(
        _is_like_unit(one, other) for share, other in same if share == best
    )


def _is_like_unit(one: Quantity, other: Quantity) -> bool:
    if one.unit != other.unit and "percent" in (one.unit, other.unit):
        return one.scale == other.scale and "" in (one.unit, other.unit)
    is_like_scale = one.value == other.value or 1.0 in (one.scale, other.scale)
    return is_like_scale and ("" in (one.unit, other.unit) or one.unit == other.unit)


def _is_swapped(one: Quantity, said: Statement, given: Statement) -> bool:
    """What stands around it stands around another number of its unit there."""
    around = said.around(one.start, one.end)
    alike = [
        (around.likeness(given.around(q.start, q.end)), _is_same(one, q))
        for q in given.quantities
        if _is_same(one, q) or (q.unit == one.unit and q.bound in ("", one.bound))
    ]
    own = max((share for share, is_same in alike if is_same), default=0.0)
    other = max((share for share, is_same in alike if not is_same), default=0.0)
    return other > max(own + _MARGIN, _HALF)


def _is_same(one: Quantity, other: Quantity) -> bool:
    return one.value == other.value or _is_same_written(one, other)


def _is_same_written(one: Quantity, other: Quantity) -> bool:
    return bool(one.written) and one.written == other.written


def has_numbers_of(said: Statement, given: Statement, other: Statement) -> bool:
    """Whether the numbers of `said` that `given` lacks stand in `other`, and with them another of
    its numbers or much of its matter."""
    missing = {q.value for q in said.quantities} - {q.value for q in given.quantities}
    there = {q.value for q in other.quantities}
    rest = {q.value for q in said.quantities} - missing
    is_near = bool(rest & there) or len(missing) > 1 or said.share_in(other) >= _NEAR
    return bool(missing) and missing <= there and is_near
