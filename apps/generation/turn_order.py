"""The order of a conversation's turns: an answer given again stands where it was first asked."""

from collections.abc import Iterable

from apps.generation.models import Trace


def in_place(traces: Iterable[Trace]) -> list[Trace]:
    """The answers that stand, in the order of their turns.

    `traces` are all of one conversation's, replaced ones too, by time. The next answer to the
    question of a replaced one takes its place.
    """
    places: list[Trace] = []
    for trace in traces:
        freed = (n for n, one in enumerate(places) if _makes_room(one, trace))
        if (place := next(freed, None)) is None:
            places.append(trace)
        else:
            places[place] = trace
    return [one for one in places if not one.is_replaced]


def _makes_room(earlier: Trace, trace: Trace) -> bool:
    return earlier.is_replaced and earlier.question == trace.question
