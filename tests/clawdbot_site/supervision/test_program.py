"""The stamp of a node's program."""

import os

import pytest

from apps.core.config import Config
from clawdbot_site.supervision import places, program


@pytest.fixture
def root(tmp_path):
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "a.py").write_text("one = 1\n")
    (tmp_path / "requirements-workstation.txt").write_text("django==5.2\n")
    return tmp_path


@pytest.fixture
def configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    places.make_folders(Config())
    return Config()


@pytest.mark.parametrize("name", ["apps/a.py", "apps/b.py", "requirements-workstation.txt"])
def test_another_file_is_another_program(root, name):
    before = program.stamp(root)

    (root / name).write_text("two = 2\n")

    assert program.stamp(root) != before


def test_the_same_files_with_other_dates_are_the_same_program(root):
    before = program.stamp(root)

    os.utime(root / "apps" / "a.py", (0, 0))
    (root / "apps" / "notes.txt").write_text("not a part of it")

    assert program.stamp(root) == before


def test_a_node_is_current_until_its_program_changes(configuration, monkeypatch, root):
    monkeypatch.setattr(program, "REPOSITORY", root)
    program.record(configuration)
    assert program.is_current(configuration)

    (root / "apps" / "a.py").write_text("two = 2\n")

    assert not program.is_current(configuration)


def test_a_node_without_a_stamp_is_of_an_older_program(configuration):
    assert not program.is_current(configuration)
