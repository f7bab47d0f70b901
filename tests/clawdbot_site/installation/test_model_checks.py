"""`clawdbot doctor` reads the files of language models."""

import os

import pytest

from apps.modelhub import files
from apps.modelhub.models import Model
from apps.modelhub.services import Wishes, model_add
from apps.modelhub.sources import source_of
from clawdbot_site.installation.model_checks import model_findings
from tests.apps.modelhub.tiny_models import models_folder, tiny, tiny_bytes  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(tiny):  # noqa: F811
    return model_add(source_of(str(tiny)), Wishes(name="tiny")).model


def test_a_model_as_it_was_added_is_fine(model):
    (finding,) = model_findings()

    assert (finding.seen, finding.is_fine) == ("tiny, F16, as it was added", True)


def test_bytes_that_changed_behind_size_and_time_are_found(model):
    path = files.path_of(model)
    before = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    (finding,) = model_findings()

    assert "Add it again: clawdbot model add" in finding.remedy
    assert Model.objects.get().state == "damaged"


def test_a_file_that_belongs_to_no_model_is_told(model):
    (files.folder() / "stray.gguf").write_bytes(b"GGUF")

    assert [one.seen for one in model_findings()][1:] == ["stray.gguf belongs to no model"]
