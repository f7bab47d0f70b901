"""`clawdbot model`: what it says, and that it does it."""

import json
import os
import time

import pytest
from typer.testing import CliRunner

from apps.core.errors import ClawdbotError, Conflict, Invalid, NotFound
from apps.modelhub import fetching, files
from apps.modelhub.fetching.part import Notes
from apps.modelhub.models import Model, Profile
from clawdbot_site.cli import model
from clawdbot_site.cli.transfer import PlainLines
from clawdbot_site.supervision.model_programs import SupervisedModels

pytestmark = pytest.mark.django_db


@pytest.fixture
def node_is_down(monkeypatch):
    """There is no supervisor to ask how much memory the node takes."""

    def refuse(_):
        raise Conflict("Clawdbot is not running.")

    monkeypatch.setattr(SupervisedModels, "memory", refuse)


def call(*arguments):
    result = CliRunner().invoke(model.app, [str(argument) for argument in arguments])
    if isinstance(result.exception, ClawdbotError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_adding_says_what_the_model_is(tiny):
    said = call("add", tiny, "--name", "tiny").stderr

    assert "“tiny” is here: llama, 93,440 parameters, F16, context 2,048, 0.2 MB" in said
    assert Model.objects.get().name == "tiny"


def test_adding_the_same_bytes_again_says_so(tiny):
    call("add", tiny, "--name", "tiny")

    said = call("add", tiny, "--name", "other").stderr

    assert "the same bytes are here already, as “tiny”: nothing was added" in said
    assert "it is not called “other”" in said


def test_pulling_is_for_what_is_elsewhere(tiny, hub):
    with pytest.raises(Invalid, match="use: clawdbot model add"):
        call("pull", tiny)

    call("pull", f"{hub.url}/tiny.gguf", "--sha256", files.digest(tiny))
    assert Model.objects.get().source == f"{hub.url}/tiny.gguf"


def test_facts_for_machines(tiny):
    added = json.loads(call("add", tiny, "--in-place", "--json").stdout)

    assert (added["outcome"], added["is_in_place"], added["path"]) == ("added", True, str(tiny))
    assert json.loads(call("list", "--json").stdout)[0]["sha256"] == added["sha256"]
    assert json.loads(call("show", "tiny-v1", "--json").stdout)["facts"]["layers"] == 2


def test_the_list_shows_models_and_what_was_begun(tiny):
    assert "no model yet" in call("list").stderr

    call("add", tiny, "--name", "tiny")
    part = fetching.Part.of("hf:a/b/c.gguf")
    part.path.write_bytes(b"GGUF" * 1000)
    part.note(Notes(source="hf:a/b/c.gguf", size=10**9))

    shown = call("list")

    assert shown.stdout.splitlines()[1].split()[:4] == ["tiny", "ready", "93,440", "F16"]
    assert "begun: 0.0 MB of 1,000 MB of hf:a/b/c.gguf" in shown.stderr
    call("remove", "hf:a/b/c.gguf")
    assert fetching.parts() == []


def test_show_tells_that_the_file_has_changed(tiny):
    call("add", tiny, "--name", "tiny", "--in-place")
    tiny.write_bytes(b"GGUF")

    shown = call("show", "tiny")

    assert "its size is another one" in shown.stderr
    assert "damaged" in shown.stdout


def test_a_changed_file_is_not_loaded_by_test(tiny):
    call("add", tiny, "--name", "tiny", "--in-place")
    stamp = tiny.stat().st_mtime_ns
    tiny.write_bytes(tiny.read_bytes()[:-1] + b"x")
    os.utime(tiny, ns=(stamp, stamp))

    with pytest.raises(Invalid, match="SHA-256 is another one"):
        call("test", "tiny")


@pytest.mark.usefixtures("node_is_down")
def test_test_loads_the_model_and_measures_it(tiny):
    pytest.importorskip("llama_cpp")
    call("add", tiny, "--name", "tiny")

    said = json.loads(call("test", "tiny", "--json").stdout)

    kept = Model.objects.get().measured
    assert said == kept
    assert kept["generation_tokens_s"] > 0
    assert kept["prompt_tokens_s"] > 0
    assert kept["memory_bytes"] > 10**7
    assert kept["context"] == 2048


@pytest.mark.usefixtures("node_is_down")
def test_a_model_that_does_not_fit_is_refused_with_the_arithmetic(tiny):
    pytest.importorskip("llama_cpp")
    call("add", tiny, "--name", "tiny")
    facts = Model.objects.get().facts | {"tensor_bytes": 10**13, "layer_bytes": 10**13}
    Model.objects.update(facts=facts)

    with pytest.raises(Conflict, match=r"“tiny” does not fit: needs 12\d+\.\d GB .* free of"):
        call("test", "tiny")


def test_removing_says_what_went(tiny):
    call("add", tiny, "--name", "tiny")

    assert "“tiny” is removed. Its file is deleted (0.2 MB)." in call("remove", "tiny").stderr
    assert not Model.objects.exists()


def test_a_model_in_use_is_removed_by_force_only(tiny):
    call("add", tiny, "--name", "tiny", "--in-place")
    Profile.objects.create(name="legal", model=Model.objects.get())

    with pytest.raises(Conflict, match="in use: profile “legal”"):
        call("remove", "tiny")
    assert f"Its file stays: {tiny}" in call("remove", "tiny", "--force").stderr
    assert tiny.exists()


def test_an_unknown_model_is_not_found():
    with pytest.raises(NotFound, match="no model “nope”"):
        call("show", "nope")


def test_plain_lines_tell_share_speed_and_time_left(capsys, monkeypatch):
    now = iter([0.0, 1.0, 6.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    show = PlainLines()

    for done in (10**8, 2 * 10**8, 7 * 10**8):
        show("fetching", done, 10**9)

    said = capsys.readouterr().err
    assert said == "clawdbot: fetching: 700 MB of 1,000 MB (70%), 100 MB/s, 3 s left\n"
