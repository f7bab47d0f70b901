"""Reading goes on in turns until all is read, the best is certain, or time is up."""

from apps.retrieval.protocols import Calibration, Read
from apps.retrieval.reader.reading import read_in_turns

CERTAIN = Calibration(certain=5.0)


class Script:
    """A reader whose answers are written down; `relevance`: of passage n, None: not reached."""

    sha256, languages, calibration, at_once = "", frozenset({"en"}), {}, 2

    def __init__(self, *relevance):
        self.relevance, self.asked, self.at_least = relevance, [], []

    def read(self, question, passages, *, deadline, at_least=1):
        self.at_least.append(at_least)
        numbers = [int(text) for _, text in passages]
        self.asked += numbers
        figures = [self.relevance[number] for number in numbers]
        return [None if figure is None else Read(figure) for figure in figures]


def turns(script, *, calibration=CERTAIN, clock=lambda: 0.0):
    passages = [("", str(number)) for number in range(len(script.relevance))]
    return read_in_turns(script, "?", passages, calibration=calibration, deadline=1.0, clock=clock)


def test_everything_is_read_while_nothing_is_certain():
    assert turns(Script(1, 2, 3, 4, 4.9)) == [Read(1), Read(2), Read(3), Read(4), Read(4.9)]


def test_a_certain_passage_ends_reading_after_its_turn():
    script = Script(1, 2, 9, 4, 5)

    assert len(turns(script)) == 4
    assert script.asked == [0, 1, 2, 3]


def test_without_a_threshold_all_is_read():
    assert len(turns(Script(9, 9, 9, 9), calibration=Calibration())) == 4


def test_no_turn_begins_after_the_deadline_but_the_first():
    assert len(turns(Script(1, 2, 3, 4), clock=lambda: 2.0)) == 2


def test_only_the_very_first_is_read_whatever_the_deadline():
    script = Script(1, 2, 3, 4)

    turns(script)

    assert script.at_least == [1, 0]


def test_a_passage_that_was_not_reached_ends_reading():
    script = Script(1, 2, 3, None, 5)

    assert turns(script) == [Read(1), Read(2), Read(3)]
    assert script.asked == [0, 1, 2, 3]
