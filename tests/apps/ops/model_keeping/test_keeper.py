"""The keeper's decisions, round by round."""

import socket
from dataclasses import replace

import pytest

from apps.modelhub.models import Model, ModelServer
from apps.ops.model_keeping import observing, pins
from apps.ops.model_keeping.protocols import Phase
from apps.serving.hardware import Gpu
from tests.apps.ops.model_keeping.conftest import FACTS, GB

pytestmark = pytest.mark.django_db


def now(server):
    server.refresh_from_db()
    return server


def test_a_wanted_model_is_started_and_ready_once_it_answers(world, add_model):
    server = add_model("a")

    world.rounds(1)
    assert now(server).state == "loading"

    world.rounds(1)
    assert (now(server).state, server.url) == ("ready", f"http://127.0.0.1:{server.port}")
    assert server.seen_at is not None


def test_a_model_that_serving_models_names_is_served_from_the_start_on(world, add_model):
    server = add_model("a", state="stopped")
    world.settings["serving"] = {"models": ["a"]}

    world.rounds(2)

    assert now(server).state == "ready"


def test_what_does_not_fit_is_refused_with_arithmetic(world, add_model):
    server = add_model("a", facts=replace(FACTS, tensor_bytes=40 * GB))

    world.rounds(1)

    assert now(server).state == "refused"
    assert "needs 40." in server.reason
    assert world.processes.running == {}


def test_a_refused_model_is_loaded_once_the_limit_is_raised(world, add_model):
    server = add_model("a", is_pinned=True)
    world.settings["resource"] = {"memory_limit": "3GB"}
    world.rounds(1)
    assert now(server).state == "refused"

    world.settings["resource"] = {"memory_limit": "12GB"}
    world.rounds(2)

    assert now(server).state == "ready"


def test_the_least_recently_used_model_makes_room(world, add_model):
    old, recent = add_model("old", idle_s=500), add_model("recent", idle_s=100)
    world.rounds(4)
    assert now(old).state == now(recent).state == "ready"
    wanted = add_model("wanted")

    world.rounds(3)

    assert (now(old).state, now(recent).state, now(wanted).state) == ("stopped", "ready", "ready")
    assert old.reason == "unloaded to make room for wanted"


@pytest.mark.parametrize("why", ["pinned", "busy", "just used"])
def test_a_model_in_use_makes_room_for_nobody(world, add_model, why):
    world.settings["resource"] = {"memory_limit": "8GB"}
    server = add_model("a", is_pinned=why == "pinned", idle_s=1 if why == "just used" else 500)
    world.at_work = int(why == "busy")
    world.rounds(2)
    wanted = add_model("wanted")

    world.rounds(3)

    assert (now(server).state, now(wanted).state) == ("ready", "refused")


def test_a_model_that_crashes_is_loading_until_it_answers_again(world, add_model):
    server = add_model("a")
    world.rounds(2)

    world.processes.words = "it was out of luck"
    world.processes.crash("a")
    world.rounds(1)
    assert (now(server).state, server.reason) == ("loading", "started again: it was out of luck")

    world.rounds(1)
    assert (now(server).state, server.reason) == ("ready", "")


def test_crashes_in_a_row_lead_to_plain_weights_and_then_to_an_end(world, add_model):
    server = add_model("a")
    world.rounds(2)
    for _ in range(3):
        world.processes.crash("a")
        world.rounds(1)
    assert world.processes.plans["a"].extra_buffers is False

    world.rounds(1)
    for _ in range(6):
        world.processes.crash("a")
        world.rounds(1)

    assert now(server).state == "failed"
    assert world.processes.running == {}


def test_a_process_that_never_answers_is_ended_and_lets_others_be_loaded(
    world, add_model, monkeypatch
):
    hung = add_model("hung")
    world.is_silent = True
    world.rounds(2)
    monkeypatch.setattr(observing, "HUNG_S", 0.0)
    world.rounds(2)
    world.is_silent = False
    other = add_model("other")
    world.rounds(2)

    assert (now(hung).state, now(other).state) == ("failed", "ready")
    assert "did not answer" in hung.reason
    assert set(world.processes.running) == {"other"}


def test_what_a_model_holds_of_the_gpu_makes_room_too(world, add_model):
    card = Gpu("Test GPU", total_bytes=8 * GB, free_bytes=8 * GB)
    world.hardware = replace(world.hardware, gpus=(card,), gpu_backend="CUDA")
    world.settings["serving"] = {"gpu_layers": 99}
    old = add_model("old", idle_s=500)
    world.rounds(2)
    world.hardware = replace(world.hardware, gpus=(replace(card, free_bytes=GB),))
    wanted = add_model("wanted")
    world.rounds(1)

    assert (now(old).state, now(wanted).state) == ("stopped", "wanted")


def test_a_process_that_gives_up_leaves_its_last_words(world, add_model):
    server = add_model("a")
    world.rounds(1)

    world.processes.words = "the file is damaged"
    world.processes.crash("a", Phase.GIVEN_UP)
    world.rounds(1)

    assert now(server).state == "failed"
    assert server.reason.startswith("the file is damaged; see: clawdbot logs model-a")


def test_a_lower_limit_ends_what_no_longer_fits(world, add_model):
    server = add_model("a", is_pinned=True)
    world.rounds(2)

    world.settings["resource"] = {"memory_limit": "3GB"}
    world.rounds(1)

    assert now(server).state == "refused"
    assert world.processes.running == {}


def test_a_changed_limit_loads_an_idle_model_anew_and_leaves_a_busy_one_for_a_while(
    world, add_model
):
    server = add_model("a")
    world.at_work = 1
    world.rounds(2)
    world.hardware = replace(world.hardware, cores=4, physical_cores=4)
    world.rounds(2)
    assert (now(server).state, server.plan["threads"]) == ("ready", 6)

    world.at_work = 0
    world.rounds(4)

    assert (now(server).state, server.plan["threads"]) == ("ready", 3)


def test_tight_memory_unloads_an_idle_model_but_no_pinned_one(world, add_model):
    idle, pinned = add_model("idle", idle_s=99), add_model("pinned", is_pinned=True)
    world.settings["resource"] = {"memory_limit": "30GB"}
    world.rounds(4)
    assert now(idle).state == now(pinned).state == "ready"

    world.hardware = replace(world.hardware, free_bytes=GB // 20)
    world.keeper._relieved_at = 0.0
    world.rounds(1)

    assert (now(idle).state, now(pinned).state) == ("stopped", "ready")
    assert "50 MB of the machine's memory were left" in idle.reason


def test_a_model_that_is_stopped_by_command_ends(world, add_model):
    server = add_model("a", is_pinned=True)
    world.rounds(2)

    pins.stop(server.model)
    world.rounds(2)

    assert (now(server).state, world.processes.running) == ("stopped", {})


def test_a_model_that_is_removed_ends(world, add_model):
    add_model("a")
    world.rounds(2)

    Model.objects.all().delete()
    world.rounds(1)

    assert world.processes.running == {}


def test_another_keeper_takes_over_what_runs(world, add_model):
    server = add_model("a")
    world.rounds(2)
    before = world.processes.seen()

    world.keeper.__init__(
        world.processes, world.probe, configure=world.configuration, look=lambda: world.hardware
    )
    world.rounds(2)

    assert (now(server).state, world.processes.seen()) == ("ready", before)


def test_a_node_that_was_started_anew_loads_what_is_kept(world, add_model):
    kept, other = add_model("kept", is_pinned=True), add_model("other")
    world.rounds(4)
    world.processes.running.clear()

    world.rounds(3)

    assert (now(kept).state, now(other).state) == ("ready", "stopped")


def test_a_file_that_is_gone_is_said_to_be(world, add_model):
    server = add_model("a")
    server.model.path = "nowhere.gguf"
    server.model.save()

    world.rounds(1)

    assert now(server).state == "failed"
    assert "nowhere.gguf" in server.reason


def test_a_port_is_one_models(add_model):
    first, second = add_model("first"), add_model("second")
    pins.pin(first.model, 18777)

    with pytest.raises(Exception, match="Port 18777 is that of first"):
        pins.pin(second.model, 18777)


def test_a_port_that_another_program_has_is_said_with_what_to_do(world, add_model):
    server = add_model("a", is_pinned=True)
    with socket.create_server(("127.0.0.1", 0)) as other:
        ModelServer.objects.update(port=other.getsockname()[1])
        world.rounds(1)

    assert now(server).state == "failed"
    assert server.reason.endswith("clawdbot start --model a --port N")


def test_pinning_a_model_that_runs_lets_it_run(world, add_model):
    server = add_model("a")
    world.rounds(2)

    pins.pin(server.model, 0)

    assert ModelServer.objects.get().state == "ready"
    assert ModelServer.objects.get().is_pinned
