"""The steps of the first visit that decide what clawdbot.yaml says."""

import pytest
import yaml
from django.test import Client

from apps.core import applying, config, config_file
from apps.core.applying import Obstacle, Outcome, State
from apps.core.config import Config
from apps.modelhub.models import Model, ModelServer
from apps.ops.setup import engines, notes
from apps.ops.setup.choices import Engine
from apps.portal.welcome.forms import LimitsForm
from tests import node_rows
from tests.apps.modelhub.tiny_models import models_folder, tiny, tiny_bytes  # noqa: F401
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_settled")]
LIMITS = {
    "cpu_limit": "0.8", "memory_limit": "8GB", "max_concurrent": "10", "max_file": "250MB",
    "requests": "0",
}  # fmt: skip


class Noting:
    """An applier that keeps what it was told to apply."""

    def __init__(self, obstacle=Obstacle.NONE):
        self.said, self.texts = obstacle, []

    def obstacle(self):
        return self.said

    def begin(self, text):
        self.texts.append(text)
        applying.note(config.load(), Outcome(State.RUNNING))


@pytest.fixture
def visit():
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    return client


@pytest.fixture
def applier(monkeypatch):
    noting = Noting()
    monkeypatch.setattr(applying, "_applier", noting)
    return noting


def chosen():
    return notes.read(config.load()).choices


def test_a_size_is_noted_and_its_limits_are_filled_in(visit):
    assert 'value="workstation" checked' in visit.get("/welcome/machine/").text

    page = visit.post("/welcome/machine/", {"profile": "edge"})

    assert page.headers["Location"] == "/welcome/engine/"
    assert chosen().profile == "edge"
    assert 'value="50MB"' in visit.get("/welcome/limits/").text


def test_a_cluster_is_refused_with_what_it_needs(visit):
    page = visit.post("/welcome/machine/", {"profile": "cluster"})

    assert "database.url: A cluster needs one PostgreSQL" in page.text
    assert chosen().profile == ""


def test_what_is_so_already_needs_no_changes(visit):
    visit.post("/welcome/machine/", {"profile": "workstation"})
    visit.post("/welcome/engine/", {"engine": "builtin"})

    page = visit.post("/welcome/limits/", LIMITS)

    assert page.headers["Location"] == "/welcome/collection/"
    assert notes.read(config.load()).settled == {"machine", "engine", "limits"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("cpu_limit", "3", "at most 1"),
        ("cpu_limit", "much", "Enter a number"),
        ("memory_limit", "900TB", "This machine has"),
        ("memory_limit", "plenty", "Write a size"),
        ("max_concurrent", "0", "at least 1"),
        ("max_file", "900TB", "too little for files of that size"),
    ],
)
def test_nonsense_is_told_at_its_field_and_nothing_is_noted(visit, field, value, words):
    page = visit.post("/welcome/limits/", LIMITS | {field: value})

    assert words in "".join(page.context["form"].errors[field])
    assert chosen().values == {}


def test_changes_are_shown_before_they_are_applied(visit, applier):
    sent = visit.post("/welcome/limits/", LIMITS | {"max_concurrent": "4"})
    assert sent.headers["Location"] == "/welcome/changes/"

    page = visit.get("/welcome/changes/").text
    assert "service.max_concurrent" in page
    assert applier.texts == []

    assert visit.post("/welcome/changes/").headers["Location"] == "/welcome/applying/"
    assert yaml.safe_load(applier.texts[0]) == {"service": {"max_concurrent": 4}}
    assert "Starting again" in visit.get("/welcome/applying/").text


def test_the_visit_goes_on_once_it_is_done(visit, applier):
    visit.post("/welcome/limits/", LIMITS | {"max_concurrent": "4"})
    visit.post("/welcome/changes/")
    assert visit.get("/welcome/applied/").json() == {"state": "running"}

    applying.note(config.load(), Outcome(State.DONE))

    assert visit.get("/welcome/applying/").headers["Location"] == "/welcome/collection/"
    assert chosen().values == {}


def test_what_failed_is_told_and_can_be_changed(visit, applier):
    visit.post("/welcome/limits/", LIMITS | {"max_concurrent": "4"})
    visit.post("/welcome/changes/")

    applying.note(config.load(), Outcome(State.FAILED, "web does not start: no port."))

    page = visit.get("/welcome/applying/").text
    assert "web does not start: no port." in page
    assert 'value="4"' in visit.get("/welcome/limits/").text


@pytest.mark.parametrize("obstacle", [Obstacle.READ_ONLY, Obstacle.NOT_OURS])
def test_where_it_cannot_be_applied_it_says_what_to_do(visit, applier, obstacle):
    applier.said = obstacle
    visit.post("/welcome/limits/", LIMITS | {"max_concurrent": "4"})

    assert "clawdbot init" in visit.get("/welcome/changes/").text
    visit.post("/welcome/changes/")
    assert applier.texts == []

    page = visit.post("/welcome/changes/", {"drop": "1"})
    assert page.headers["Location"] == "/welcome/collection/"
    assert chosen().values == {}


def test_several_nodes_are_set_up_one_by_one(visit, applier):
    node_rows.told("a")
    node_rows.told("b")
    visit.post("/welcome/limits/", LIMITS | {"max_concurrent": "4"})

    assert "There are several nodes" in visit.get("/welcome/changes/").text
    visit.post("/welcome/changes/")
    assert applier.texts == []


def test_nobody_applies_where_nobody_registered(visit, monkeypatch):
    monkeypatch.setattr(applying, "_applier", None)
    visit.post("/welcome/limits/", LIMITS | {"max_concurrent": "4"})

    assert "Something else starts the processes" in visit.get("/welcome/changes/").text


def test_the_network_is_let_in_under_the_names_given(visit, applier):
    visit.post("/welcome/limits/", LIMITS | {"is_open": "on", "names": "kb.lan, 10.0.0.7"})
    visit.post("/welcome/changes/")

    found = yaml.safe_load(applier.texts[0])["service"]
    assert found["host"] == "0.0.0.0"
    assert found["allowed_hosts"][-2:] == ["kb.lan", "10.0.0.7"]


def test_names_that_are_let_in_already_stay_as_they_are_written():
    current = Config(service={"host": "0.0.0.0", "allowed_hosts": ["kb.lan", "localhost"]})
    form = LimitsForm(LIMITS | {"is_open": "on", "names": "kb.lan"})

    assert form.is_valid()
    assert not {"service.host", "service.allowed_hosts"} & set(form.values(current))


def test_the_network_is_not_let_in_under_no_name(visit):
    page = visit.post("/welcome/limits/", LIMITS | {"is_open": "on", "names": " , "})

    assert "Name what browsers on the network call this machine" in page.text


def test_a_model_file_is_taken_in_where_it_lies_and_wanted_here(visit, tiny):  # noqa: F811
    page = visit.post("/welcome/engine/", {"engine": "gguf", "path": str(tiny)})

    assert page.headers["Location"] == "/welcome/limits/"
    assert Model.objects.get().path == str(tiny)
    assert ModelServer.objects.get().is_pinned


@pytest.mark.parametrize("path", ["", "/nowhere.gguf", "/etc/passwd"])
def test_what_is_no_model_file_is_refused(visit, path):
    page = visit.post("/welcome/engine/", {"engine": "gguf", "path": path})

    assert page.context["form"].errors["path"]
    assert not Model.objects.exists()


def test_a_server_that_is_silent_can_be_insisted_on(visit):
    asked = {"engine": "server", "url": "http://127.0.0.1:9/v1"}

    assert "Nothing answers at" in visit.post("/welcome/engine/", asked).text
    visit.post("/welcome/engine/", asked | {"anyway": "on"})

    assert chosen().wish.engine == Engine.SERVER


def test_a_remote_engine_must_have_the_model(visit, monkeypatch):
    monkeypatch.setattr(engines, "models_at", lambda url, key: (("qwen3",), None))
    asked = {"engine": "remote", "url": "https://h/v1", "key": "sk-1", "model": "gpt"}

    page = visit.post("/welcome/engine/", asked)
    assert '<option value="qwen3">' in page.text
    assert "sk-1" not in page.text

    visit.post("/welcome/engine/", asked | {"model": "qwen3"})
    assert chosen().wish.model == "qwen3"
    assert "sk-1" not in visit.get("/welcome/changes/").text
    assert "sk-1" not in visit.get("/welcome/engine/").text


@pytest.mark.parametrize("page", ["changes", "applying", "applied"])
def test_pages_between_the_steps_are_for_administrators_only(browser, page):
    assert browser.get(f"/welcome/{page}/").status_code == 404
    assert browser.post(f"/welcome/{page}/").status_code == 404
    assert Client().get(f"/welcome/{page}/").status_code == 302


def test_a_file_that_is_edited_keeps_its_comments(visit, applier):
    config_file.path().write_text("# ours\nservice: {max_concurrent: 10}  # few\n")
    visit.post("/welcome/limits/", LIMITS | {"max_concurrent": "4"})
    visit.post("/welcome/changes/")

    assert applier.texts[0] == "# ours\nservice: {max_concurrent: 4}  # few\n"
