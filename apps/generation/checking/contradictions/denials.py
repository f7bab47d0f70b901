"""Whether one of two sentences denies what the other says."""

from apps.generation.checking.contradictions.cues import CLASHING, DENYING, Kind
from apps.generation.checking.contradictions.reaches import END, Reach
from apps.generation.checking.contradictions.statements import Statement
from apps.generation.checking.contradictions.words import bare_of

_BEHIND, _BETWEEN = 2, 2


def is_other_duty(said: Statement, given: Statement) -> bool:
    """The same is required here and forbidden, free or only allowed there."""
    for one in said.reaches:
        kinds = {other.kind for other in given.reaches if other.focus == one.focus}
        if one.kind in kinds or one.kind == Kind.NOT or not one.focus:
            continue
        if any((one.kind, kind) in CLASHING for kind in kinds):
            return True
    return False


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
    if one.exceptions != other.exceptions:
        return False
    for reach in one.reaches:
        if reach.kind not in DENYING or not reach.focus or one.sign_at(reach.start) >= 0:
            continue
        signs = [other.sign_at(place) for place in other.places_of(reach.focus)]
        if not signs or min(signs) < 1:
            continue
        own = [one.sign_at(place) for place in one.places_of(reach.focus)]
        if max(own) < 1 and not _denies_nearby(other, one):
            return True
    return False


def _denies_nearby(other: Statement, one: Statement) -> bool:
    """`other` denies something that `one` has within reach of a denial: "gives no guarantee",
    "does not give a guarantee"."""
    return any(
        one.sign_at(place) < 1
        for reach in other.reaches
        if reach.kind in DENYING and reach.focus
        for place in one.places_of(reach.focus)
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
