"""What was read is ordered by relevance and rank; what was not stays behind as it came."""

from uuid import UUID

from apps.retrieval.protocols import Calibration, Hit, Read
from apps.retrieval.reader.ranking import is_certain, reordered

NOBODY = UUID(int=0)
CALIBRATION = Calibration(rank_weight=2.0, certain=5.0)


def hit(number, score):
    return Hit(
        chunk_id=number, chunk=NOBODY, document=NOBODY, version=NOBODY, version_number=1,
        collection=NOBODY, title="", path="", page=1, heading="", context="", text="", start=0,
        end=0, score=score, legs={"lexical": number},
    )  # fmt: skip


def hits(count):
    return [hit(number, 1 / number) for number in range(1, count + 1)]


def test_relevance_decides_and_rank_only_among_likes():
    reads = [Read(1.0), Read(3.5), Read(0.5), Read(0.4)]

    ordered = reordered(hits(4), reads, CALIBRATION)

    assert [one.chunk_id for one in ordered] == [2, 1, 3, 4]
    assert [one.score for one in ordered] == [4.5, 3.0, 0.5 + 2 / 3, 0.9]
    assert ordered[0].reading == Read(3.5)
    assert ordered[0].legs == {"lexical": 2}


def test_what_was_not_read_stays_behind_with_falling_scores():
    ordered = reordered(hits(4), [Read(-9.0), Read(2.0)], CALIBRATION)

    assert [one.chunk_id for one in ordered] == [2, 1, 3, 4]
    assert [one.reading for one in ordered[2:]] == [None, None]
    assert [one.score for one in ordered] == sorted((one.score for one in ordered), reverse=True)


def test_when_nothing_was_read_nothing_changes():
    assert reordered(hits(3), [], CALIBRATION) == hits(3)


def test_reading_may_end_when_the_best_is_certain():
    assert is_certain([Read(1.0), Read(5.0)], CALIBRATION)
    assert not is_certain([Read(4.9), Read(1.0)], CALIBRATION)
    assert not is_certain([], CALIBRATION)


def test_a_certain_passage_that_is_not_the_best_ends_nothing():
    assert not is_certain([Read(4.5), Read(5.0)], CALIBRATION)


def test_without_a_threshold_nothing_is_certain():
    assert not is_certain([Read(99.0)], Calibration(certain=None))
