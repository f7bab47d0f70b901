"""The report every benchmark ends with."""

import json

import pytest

from benchmarks.report import Machine, Report, finish

MACHINE = Machine("cpu", 2, 8000, "Linux", "3.11", 0.0)


def report(**figures: float) -> Report:
    goals = {"speed": (">=", 3), "size_mb": ("<=", 450)}
    return Report("demo", figures, goals, MACHINE, ["python -m benchmarks.demo"])


def test_json_has_the_promised_keys(capsys):
    code = finish(report(speed=3, size_mb=450, other=1.5), as_json=True)

    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["benchmark", "figures", "goals", "met", "machine", "commands"]
    assert printed["goals"]["speed"] == [">=", 3]
    assert (printed["met"], code) == (True, 0)


@pytest.mark.parametrize("figures", [{"speed": 2.9, "size_mb": 1}, {"speed": 9, "size_mb": 451}])
def test_a_missed_goal_ends_with_exit_code_one(figures, capsys):
    assert finish(report(**figures), as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["met"] is False


def test_a_goal_without_its_figure_is_missed():
    assert report(speed=3).missed == ["size_mb"]


def test_the_table_tells_which_goal_was_missed(capsys):
    finish(report(speed=1, size_mb=400), as_json=False)

    table = capsys.readouterr().out
    assert "goal >= 3: MISSED" in table
    assert "goal <= 450: met" in table
