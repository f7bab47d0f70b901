"""Whether one of two sentences denies what the other says."""

from apps.generation.checking.contradictions.cues import CLASHING, DENYING, Kind
from apps.generation.checking.contradictions.reaches import BORDER, END, Reach
from apps.generation.checking.contradictions.statements import Statement
from apps.generation.checking.contradictions.words import bare_of

_BEHIND, _BETWEEN = 2, 2


def is_other_duty(said: Statement, given: Statement) -> bool:
    """The same is required here and forbidden, free or only allowed there."""
    if said.has_only != given.has_only:
        return False
    duties = _duties(said)
    others = _duties(given)
    for one in duties:
        kinds = {other.kind for other in others if other.focus == one.focus}
        if not kinds and len(duties) == len(others) == 1:
            kinds = {others[0].kind} if _is_alike(one, said, others[0], given) else set()
        if one.kind not in kinds and any((one.kind, kind) in CLASHING for kind in kinds):
            return True
    return False


def _duties(one: Statement) -> list[Reach]:
    return [reach for reach in one.reaches if reach.kind != Kind.NOT and reach.focus]


def _is_alike(one: Reach, said: Statement, other: Reach, given: Statement) -> bool:
    """Whether half of what a cue reaches is reached by the other one, too."""
    own = {word.norm for word in said.words if one.start <= word.start < one.stop}
    there = {word.norm for word in given.words if other.start <= word.start < other.stop}
    return len(own & there & said.terms) * 2 >= len(own & said.terms) > 0


def is_denied(said: Statement, given: Statement) -> bool:
    """One denies what the other says, with a word ("not") or a beginning ("unpaid")."""
    return any(
        _denies_same_words(one, other) or _denies_focus(one, other) or _has_prefix(one, other)
        for one, other in ((said, given), (given, said))
    )


def _denials(one: Statement, other: Statement) -> list[Reach]:
    """Of `one`, without those that two denials may undo: "not without leave", "only with leave"."""
    own = [reach for reach in one.reaches if reach.kind in DENYING]
    others = sum(reach.kind in DENYING for reach in other.reaches)
    is_even = len(own) > others and (len(own) - others) % 2 == 0
    return [] if is_even and one.exceptions > other.exceptions else own


def _denies_same_words(one: Statement, other: Statement) -> bool:
    """The words next to a denial of `one` stand in `other` without it, and not so in `one`."""
    return any(
        _stands_plain(reach, other) and not _stands_plain(reach, one)
        for reach in _denials(one, other)
    )


def _stands_plain(reach: Reach, there: Statement) -> bool:
    norms = [*(word.norm for word in there.words), END]
    wanted = list(reach.behind[: _BEHIND + (not reach.before)])
    least = len(wanted)
    for place in range(len(norms) - least + 1):
        if norms[place : place + least] != wanted:
            continue
        before = norms[max(0, place - _BETWEEN) : place]
        is_same = not reach.before or reach.before in before
        if is_same and there.sign_at(there.words[place].start) == 1:
            return True
    return False


def _denies_focus(one: Statement, other: Statement) -> bool:
    """`one` denies what `other` says and nowhere denies."""
    if one.exceptions != other.exceptions or one.has_only != other.has_only:
        return False
    for reach in one.reaches:
        if reach.kind not in DENYING or not reach.focus or one.sign_at(reach.start) >= 0:
            continue
        signs = [other.sign_at(place) for place in other.places_of(reach.focus)]
        if not signs or min(signs) < 1:
            continue
        own = [one.sign_at(place) for place in one.places_of(reach.focus)]
        if max(own) < 1 and not _denies_nearby(other, one, reach.focus):
            return True
    return False


def _denies_nearby(other: Statement, one: Statement, focus: str) -> bool:
    """`other` denies something that `one` has within reach of a denial ("gives no guarantee",
    "does not give a guarantee"), or denies behind the focus in its clause ("guarantees are not
    given")."""
    denials = [reach for reach in other.reaches if reach.kind in DENYING]
    within = any(
        one.sign_at(place) < 1
        for reach in denials
        if reach.focus
        for place in one.places_of(reach.focus)
    )
    return within or any(
        place < reach.start and not BORDER.search(other.plain, place, reach.start)
        for reach in denials
        for place in other.places_of(focus)
    )


def _has_prefix(one: Statement, other: Statement) -> bool:
    """ "unpaid" here, "paid" there, neither denied."""
    norms, others = {word.norm for word in one.words}, {word.norm for word in other.words}
    for word in one.words:
        bare = bare_of(word.norm)
        if bare and bare in others and bare not in norms and word.norm not in others:
            signs = {other.sign_at(place) for place in other.places_of(bare)}
            if one.sign_at(word.start) == 1 and signs == {1}:
                return True
    return False
