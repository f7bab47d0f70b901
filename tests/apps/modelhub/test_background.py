"""Models that a worker fetches: a bit at a time, through restarts, with the reason when not."""

import pytest

from apps.core.errors import Conflict
from apps.modelhub import arrivals, background, fetching, files
from apps.modelhub.background import model_request, model_retry
from apps.modelhub.models import Model
from apps.modelhub.services import Wishes, model_add, model_remove
from apps.modelhub.sources import source_of
from apps.modelhub.tasks import fetch_models

pytestmark = pytest.mark.django_db


def request(place, **wishes):
    return model_request(source_of(str(place)), Wishes(**wishes))


def test_a_requested_model_is_fetched_by_the_worker(hub):
    model = request(f"{hub.url}/tiny.gguf", licence="MIT")
    assert (model.state, files.path_of(model).is_file()) == ("fetching", False)

    assert fetch_models() is False

    model.refresh_from_db()
    assert (model.state, model.licence, model.architecture) == ("ready", "MIT", "llama")


def test_a_file_of_the_server_is_copied_by_the_worker(tiny):
    model = request(tiny, name="mine")

    background.work(10.0)

    model.refresh_from_db()
    assert (model.state, files.digest(files.path_of(model))) == ("ready", model.sha256)


def test_a_file_that_cannot_be_read_says_so_and_holds_up_no_other(tiny, tmp_path, monkeypatch):
    other = tmp_path / "other.gguf"
    other.write_bytes(tiny.read_bytes())
    locked, open_ = request(tiny, name="locked"), request(other, name="open")
    read, refusals = arrivals.read_header, [PermissionError(13, "no")]

    def refusing(path):
        if refusals:
            raise refusals.pop()
        return read(path)

    monkeypatch.setattr(arrivals, "read_header", refusing)
    background.work(10.0)

    assert Model.objects.get(pk=locked.pk).state == "failed"
    assert Model.objects.get(pk=open_.pk).state == "ready"


def test_a_stint_ends_in_the_middle_and_the_next_goes_on(hub):
    hub.content += bytes(8 * 1024**2)
    model = request(f"{hub.url}/tiny.gguf")

    assert background.work(0.0) is True
    model.refresh_from_db()
    assert 0 < fetching.parts()[0].size < len(hub.content)
    assert model.state == "fetching"
    assert background.work(60.0) is False
    assert Model.objects.get().state == "ready"


def test_a_fault_in_passing_is_told_and_tried_again(hub):
    hub.status = 503
    model = request(f"{hub.url}/tiny.gguf")

    assert background.work(10.0) is False
    model.refresh_from_db()
    assert (model.state, "busy or out of order" in model.problem) == ("fetching", True)
    hub.status = 200
    background.work(10.0)
    model.refresh_from_db()
    assert (model.state, model.problem) == ("ready", "")


def test_what_cannot_be_fetched_says_why_and_can_be_tried_again(hub):
    hub.status = 404
    model = request(f"{hub.url}/tiny.gguf")

    background.work(10.0)
    model.refresh_from_db()
    assert (model.state, "no such file" in model.problem) == ("failed", True)
    assert background.work(10.0) is False
    hub.status = 200
    model_retry(model)
    background.work(10.0)
    assert Model.objects.get().state == "ready"


def test_bytes_that_are_here_already_make_no_second_model(hub, tiny):
    first = model_add(source_of(str(tiny)), Wishes()).model
    second = request(f"{hub.url}/other.gguf")

    background.work(10.0)

    second.refresh_from_db()
    assert (second.state, f"“{first.name}”" in second.problem) == ("failed", True)


def test_the_same_address_is_not_requested_twice(hub):
    request(f"{hub.url}/tiny.gguf")

    with pytest.raises(Conflict, match="being fetched already, as “tiny”"):
        request(f"{hub.url}/tiny.gguf", name="other")


def test_removing_a_model_that_is_being_fetched_takes_its_bytes_along(hub):
    hub.cuts = [100_000]
    model = request(f"{hub.url}/tiny.gguf")
    background.work(10.0)
    assert fetching.parts() != []

    model_remove(model)

    assert fetching.parts() == []
    assert background.work(10.0) is False


def test_a_model_removed_in_the_midst_of_it_is_not_made(hub, monkeypatch):
    model = request(f"{hub.url}/tiny.gguf")
    monkeypatch.setattr(background, "NOTED_EVERY_S", 0.0)
    Model.objects.filter(pk=model.pk).update(state="failed")  # as if it were removed meanwhile

    assert background._is_done(model, float("inf")) is True
    assert fetching.parts() == []
    assert not files.path_of(Model.objects.get()).is_file()
