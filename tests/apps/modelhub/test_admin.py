"""The page “Language models”: superusers look, add and remove."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.modelhub import background, files
from apps.modelhub.models import Model, ModelServer, Profile
from apps.modelhub.services import Wishes, model_add
from apps.modelhub.sources import source_of
from tests.admin_pages import client_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/modelhub/model/"


@pytest.fixture
def model(tiny):
    return model_add(source_of(str(tiny)), Wishes(name="tiny")).model


def read(client, address=PAGE):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def posted(client, address, **values):
    answer = client.post(f"{PAGE}{address}", values, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_model_is_added_by_a_worker_and_the_page_says_how_far_it_is(admin_client, hub):
    page = posted(admin_client, "fetch/", source=f"{hub.url}/tiny.gguf?key=secret", name="one")
    assert "“one” is being fetched." in page
    assert "Waits for a worker" in page
    assert "secret" not in page

    background.work(10.0)

    assert "Ready" in read(admin_client)
    assert Model.objects.get().state == "ready"


def test_progress_is_told_to_the_page(admin_client):
    Model.objects.create(name="big", state="fetching", fetched_bytes=10**9, size_bytes=4 * 10**9)

    (entry,) = admin_client.get(f"{PAGE}progress/").json()["bars"]

    assert (entry["done"], entry["total"]) == (10**9, 4 * 10**9)
    assert "of 3.7" in entry["words"]


def test_many_models_cost_no_more_queries(admin_client, django_assert_num_queries):
    def filled(number):
        model = Model.objects.create(name=f"m{number}", state="ready", size_bytes=1)
        ModelServer.objects.create(model=model, node="n1", state="ready")

    filled(0)
    with CaptureQueriesContext(connection) as alone:
        read(admin_client)
    for number in range(1, 5):
        filled(number)

    with django_assert_num_queries(len(alone)):
        read(admin_client)


def test_what_cannot_be_fetched_from_is_refused_and_stays_in_the_form(admin_client):
    page = posted(admin_client, "fetch/", source="file:///etc/passwd", licence="MIT")

    assert "http and https addresses only" in page
    assert 'value="file:///etc/passwd"' in page
    assert not Model.objects.exists()


def test_a_failure_says_why_and_is_tried_again_by_a_button(admin_client, hub):
    hub.status = 404
    posted(admin_client, "fetch/", source=f"{hub.url}/tiny.gguf")
    background.work(10.0)
    assert "There is no such file" in read(admin_client)

    posted(admin_client, f"{Model.objects.get().pk}/retry/")

    assert Model.objects.get().state == "fetching"


def test_a_models_page_says_what_it_is_in_words(admin_client, model):
    ModelServer.objects.create(model=model, node="n1", state="refused", reason="needs 5.1 GB")

    page = read(admin_client, f"{PAGE}{model.pk}/change/")

    assert "93,440 weights in 2 layers, kept as F16: 16.1 bits for each." in page
    assert "trained on texts of up to 2,048 tokens" in page
    assert "needs 5.1 GB" in page
    assert "clawdbot model test tiny" in page


def test_a_models_page_says_that_its_file_has_changed(admin_client, model):
    files.path_of(model).write_bytes(b"GGUF")

    assert "its size is another one" in read(admin_client, f"{PAGE}{model.pk}/change/")


def test_what_goes_is_told_before_a_model_is_removed(admin_client, model):
    path = files.path_of(model)

    page = read(admin_client, f"{PAGE}{model.pk}/remove/")
    assert "Its file is deleted" in page
    key = model.pk
    assert "“tiny” is removed." in posted(admin_client, f"{key}/remove/")

    assert LogEntry.objects.filter(object_id=key, object_repr="tiny").exists()
    assert not path.exists()


def test_a_model_in_use_says_by_whom_and_goes_only_when_that_was_read(admin_client, model):
    Profile.objects.create(name="legal", model=model)

    assert "is in use: profile “legal”" in posted(admin_client, f"{model.pk}/remove/")
    assert Model.objects.exists()
    assert "Remove all the same" in read(admin_client, f"{PAGE}{model.pk}/remove/")
    posted(admin_client, f"{model.pk}/remove/", forced="yes")
    assert not Model.objects.exists()


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", ""), ("get", "progress/"), ("post", "fetch/"), ("get", "1/change/"),
        ("post", "1/retry/"), ("post", "1/remove/"), ("get", "1/remove/"),
    ],
)  # fmt: skip
def test_only_superusers_get_in(make_staff, method, address):
    client = client_of(make_staff("view_model", "add_model", "change_model", "delete_model"))

    assert getattr(client, method)(f"{PAGE}{address}").status_code == 403
