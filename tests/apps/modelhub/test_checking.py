"""A model's file is looked at before it is loaded, and read when something speaks for it."""

import os

import pytest

from apps.modelhub import files
from apps.modelhub.checking import model_check
from apps.modelhub.models import Model
from apps.modelhub.services import Wishes, model_add
from apps.modelhub.sources import source_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(tiny):
    return model_add(source_of(str(tiny)), Wishes(), is_in_place=True).model


def state():
    return Model.objects.get().state


def test_a_file_as_it_was_is_not_read(model, monkeypatch):
    monkeypatch.setattr(files, "digest", lambda *_: pytest.fail("it was read"))

    assert model_check(model) == ""


def test_another_size_is_damage(model, tiny):
    with tiny.open("ab") as file:
        file.write(b"x")

    assert "its size is another one" in model_check(model)
    assert state() == "damaged"


def test_another_time_leads_to_reading(model, tiny):
    os.utime(tiny)

    assert model_check(model) == ""
    assert Model.objects.get().mtime_ns == tiny.stat().st_mtime_ns


def test_changed_bytes_of_the_same_size_are_damage_and_right_ones_end_it(model, tiny):
    right = tiny.read_bytes()
    tiny.write_bytes(right[:-1] + b"x")

    assert "SHA-256 is another one" in model_check(model)
    assert state() == "damaged"
    tiny.write_bytes(right)
    assert model_check(model) == ""
    assert state() == "ready"


def test_a_full_check_finds_what_size_and_time_hide(model, tiny):
    before = tiny.stat()
    tiny.write_bytes(tiny.read_bytes()[:-1] + b"x")
    os.utime(tiny, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert model_check(model) == ""
    assert "SHA-256 is another one" in model_check(model, is_full=True)
    assert model_check(model) != ""


def test_a_missing_file_says_nothing_about_other_nodes(model, tiny):
    tiny.unlink()

    assert "There is no file" in model_check(model)
    assert state() == "ready"
