"""Adding models: checked first, the same bytes once, removed with what is theirs."""

import hashlib
import os

import pytest

from apps.core.errors import Conflict, Invalid, NotFound
from apps.core.nodes import node_name
from apps.modelhub import fetching, files
from apps.modelhub.arrivals import Outcome
from apps.modelhub.models import Model, ModelServer, Profile
from apps.modelhub.selectors import model_get, model_wanted, server_for
from apps.modelhub.services import Wishes, model_add, model_remove
from apps.modelhub.sources import source_of

pytestmark = pytest.mark.django_db
State = Model.State


def add(place, *, is_in_place=False, **wishes):
    return model_add(source_of(str(place)), Wishes(**wishes), is_in_place=is_in_place)


def sha256_of(raw):
    return hashlib.sha256(raw).hexdigest()


def test_a_file_becomes_a_model_with_what_its_header_says(tiny, tiny_bytes):
    model = add(tiny).model

    assert (model.name, model.state, model.sha256) == ("tiny-v1", "ready", sha256_of(tiny_bytes))
    assert (model.architecture, model.quantisation, model.licence) == ("llama", "F16", "CC0-1.0")
    assert (model.parameters, model.context_length) == (93_440, 2048)
    assert model.facts["kv_heads"] == 2
    assert files.path_of(model).read_bytes() == tiny_bytes
    assert model.path == f"tiny-v1-{model.sha256[:12]}.gguf"


def test_nothing_is_left_lying_about(tiny, models_folder):
    model = add(tiny).model

    kept = [path.name for path in models_folder.rglob("*") if path.is_file()]
    assert kept == [model.path]


def test_a_file_may_stay_where_it_is(tiny, models_folder):
    model = add(tiny, is_in_place=True).model

    assert files.path_of(model) == tiny
    assert not files.is_ours(model)
    assert list(models_folder.glob("*.gguf")) == []


def test_a_copy_is_made_where_no_link_can_be(tiny, tiny_bytes, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("another disk")))

    model = add(tiny).model
    tiny.write_bytes(b"written over")

    assert files.path_of(model).read_bytes() == tiny_bytes


def test_the_same_bytes_are_the_same_model(tiny, tmp_path):
    first = add(tiny)
    (tmp_path / "other.gguf").write_bytes(tiny.read_bytes())

    second = add(tmp_path / "other.gguf", name="other")

    assert (second.model, second.outcome) == (first.model, Outcome.KNOWN)
    assert Model.objects.count() == 1


def test_adding_a_damaged_model_again_repairs_it(tiny, tmp_path):
    (tmp_path / "again.gguf").write_bytes(tiny.read_bytes())
    model = add(tiny).model
    files.path_of(model).unlink()
    files.path_of(model).write_bytes(b"GGUF")

    again = add(tmp_path / "again.gguf")

    assert (again.model, again.outcome, again.model.state) == (model, Outcome.REPAIRED, "ready")
    assert files.digest(files.path_of(model)) == model.sha256


@pytest.mark.parametrize("change", [lambda raw: raw[:-100], lambda raw: b"PK" + raw[2:]])
def test_a_file_that_is_no_whole_model_is_refused_and_leaves_nothing(tiny, change, models_folder):
    tiny.write_bytes(change(tiny.read_bytes()))

    with pytest.raises(Invalid) as refusal:
        add(tiny)
    assert refusal.value.code == "model_unusable"
    assert not Model.objects.exists()
    assert [path for path in models_folder.rglob("*") if path.is_file()] == []


def test_other_bytes_than_those_meant_are_refused(tiny):
    with pytest.raises(Invalid, match="SHA-256 is"):
        add(tiny, sha256="0" * 64)


@pytest.mark.parametrize("name", ["a b", "../a", "", "-a", "kb", "general", "a/b", "x" * 101])
def test_names_that_would_mean_something_else_are_refused(tiny, name):
    if name:
        with pytest.raises(Invalid):
            add(tiny, name=name)


def test_a_name_is_given_to_one_model_only(tiny, tmp_path):
    add(tiny, name="one")
    Profile.objects.create(name="legal")

    with pytest.raises(Conflict, match="already"):
        add(tiny, name="one")
    with pytest.raises(Invalid):
        add(tiny, name="legal")


def test_a_model_is_fetched_from_an_address(hub, tiny_bytes):
    model = add(f"{hub.url}/files/Qwen2.5%20tiny.gguf?token=secret", licence="MIT").model

    assert (model.name, model.licence, model.state) == ("qwen2-5-tiny", "MIT", "ready")
    assert model.source == f"{hub.url}/files/Qwen2.5%20tiny.gguf"
    assert files.path_of(model).read_bytes() == tiny_bytes
    assert fetching.parts() == []


def test_what_was_fetched_damaged_is_thrown_away(hub):
    hub.content, hub.is_linked = hub.content[:-50], False

    with pytest.raises(Invalid, match="truncated"):
        add(f"{hub.url}/tiny.gguf")
    assert fetching.parts() == []
    assert not Model.objects.exists()


def test_the_hash_that_the_hub_tells_is_kept_to(hub, monkeypatch):
    hub.is_linked = True
    monkeypatch.setattr(files, "digest", lambda *_: "f" * 64)

    with pytest.raises(Invalid, match="damaged or another one"):
        add(f"{hub.url}/tiny.gguf")


def test_what_the_hub_says_is_here_already_is_not_fetched(hub, tiny):
    model = add(tiny).model
    hub.is_linked = True

    again = add(f"{hub.url}/tiny.gguf")

    assert (again.model, again.outcome) == (model, Outcome.KNOWN)
    assert fetching.parts() == []


@pytest.mark.parametrize(
    "text",
    [
        "ftp://host/a.gguf", "file:///etc/passwd", "http://", "https://user:pw@host/a.gguf",
        "hf:a.gguf", "hf:owner/repo/../x.gguf", "hf:owner/repo/x.bin", "hf:../x/y.gguf",
        "hf:owner/repo/x.gguf@../../api", "https://host/x-00001-of-00003.gguf", "a\nb", "",
    ],
)  # fmt: skip
def test_sources_that_are_none_are_refused(text):
    with pytest.raises(Invalid):
        source_of(text)


def test_a_source_says_where_it_is():
    hub_file = source_of("hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF/sub/q4_0.gguf@v1.0")
    page = source_of("https://huggingface.co/o/r/blob/main/x.gguf?download=true")

    assert hub_file.url == (
        "https://huggingface.co/Qwen/Qwen2.5-0.5B-Instruct-GGUF/resolve/v1.0/sub/q4_0.gguf"
    )
    assert page.url == "https://huggingface.co/o/r/resolve/main/x.gguf?download=true"
    with pytest.raises(NotFound, match="no file"):
        source_of("/nowhere/x.gguf")


def test_removing_takes_our_file_and_leaves_others(tiny, tmp_path):
    (tmp_path / "kept.gguf").write_bytes(tiny.read_bytes()[:-1] + b"x")
    ours, theirs = add(tiny).model, add(tmp_path / "kept.gguf", is_in_place=True).model
    path = files.path_of(ours)

    model_remove(ours)
    model_remove(theirs)

    assert not path.exists()
    assert (tmp_path / "kept.gguf").exists()
    assert not Model.objects.exists()


def test_a_model_in_use_is_removed_by_force_only(tiny):
    model = add(tiny).model
    Profile.objects.create(name="legal", model=model)
    ModelServer.objects.create(model=model, node="n1", is_pinned=True, state="ready")

    with pytest.raises(Conflict, match="profile “legal”, a server on n1 is pinned"):
        model_remove(model)
    model_remove(model, is_forced=True)
    assert not Model.objects.exists()


def test_a_model_that_is_wanted_gets_a_row_for_the_keeper(tiny):
    model = add(tiny).model

    model_wanted(model)
    model_wanted(model)

    server = ModelServer.objects.get()
    assert (server.node, server.state) == (node_name(), "wanted")
    assert server.last_used_at is not None


def test_a_stopped_server_is_wanted_again_and_a_refused_one_is_not(tiny):
    model = add(tiny).model
    server = ModelServer.objects.create(model=model, node=node_name(), state="stopped")

    model_wanted(model)
    server.refresh_from_db()
    assert server.state == "wanted"
    ModelServer.objects.update(state="refused")
    model_wanted(model)
    assert ModelServer.objects.get().state == "refused"


def test_the_least_loaded_server_that_answers_is_asked(tiny):
    from django.utils import timezone

    model, now = add(tiny).model, timezone.now()
    alike = {"model": model, "state": "ready", "plan": {"parallel": 4}, "seen_at": now}
    ModelServer.objects.create(node="busy", url="http://b:1", figures={"waiting": 9}, **alike)
    idle = ModelServer.objects.create(node="idle", url="http://i:1", **alike)
    ModelServer.objects.create(node="hidden", url="http://127.0.0.1:1", **alike)
    ModelServer.objects.create(node="gone", **alike | {"seen_at": now.replace(year=2020)})

    assert server_for(model) == idle


def test_an_unknown_model_is_not_found():
    with pytest.raises(NotFound, match="no model “x”"):
        model_get("x")


def test_nodes_that_share_a_folder_share_their_models(tiny, tiny_bytes, tmp_path, configured):
    configured("storage", models=str(tmp_path / "shared"))
    model = add(tiny).model

    configured("storage", models=str(tmp_path / "shared"), data_dir=str(tmp_path / "other-node"))

    assert files.path_of(model).read_bytes() == tiny_bytes
    assert files.path_of(model).parent == tmp_path / "shared"
