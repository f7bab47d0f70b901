"""The plan of a model, or the refusal: arithmetic over invented machines."""

from dataclasses import replace

import pytest

from apps.serving.gguf import ModelFacts
from apps.serving.hardware import Gpu, Hardware
from apps.serving.plan import Plan
from apps.serving.planning import Refusal, Use, Wishes, plan

GB = 10**9
SEVEN = ModelFacts(
    architecture="llama", name="seven", parameters=7 * 10**9, layers=32, width=4096, heads=32,
    kv_heads=8, key_length=128, value_length=128, cache_per_token=32 * 8 * 256,
    context_length=32768, vocabulary=32000, quantisation="Q4_0", tensor_bytes=4 * GB,
    layer_bytes=int(3.8 * GB), experts=0, is_embedding=False, has_chat_template=True,
    licence="",
)  # fmt: skip
SMALL = replace(
    SEVEN, parameters=5 * 10**8, layers=24, width=896, heads=14, cache_per_token=6144,
    tensor_bytes=3 * 10**8, layer_bytes=2 * 10**8,
)  # fmt: skip
SERVER = Hardware(cores=32, physical_cores=16, memory_bytes=128 * GB, free_bytes=120 * GB)
LAPTOP = Hardware(cores=2, physical_cores=2, memory_bytes=16 * GB, free_bytes=12 * GB)
CARD = Gpu("Test GPU", total_bytes=24 * GB, free_bytes=23 * GB)
WISHES = Wishes(name="m", path="/m.gguf")


def planned(facts=SMALL, hardware=LAPTOP, in_use=None, **wishes) -> Plan:
    found = plan(facts, hardware, replace(WISHES, **wishes), in_use or Use())
    assert isinstance(found, Plan), found
    return found


def refused(facts=SEVEN, hardware=LAPTOP, in_use=None, **wishes) -> Refusal:
    found = plan(facts, hardware, replace(WISHES, **wishes), in_use or Use())
    assert isinstance(found, Refusal)
    return found


def test_with_room_there_is_context_for_the_passages_and_many_at_once():
    found = planned()

    assert (found.context, found.parallel, found.gpu_layers) == (4096, 8, 0)


def test_every_decision_has_a_reason():
    reasons = " ".join(planned().reasons)

    assert all(name in reasons for name in ("memory", "threads", "GPU", "context", "parallel"))


def test_a_tight_limit_gives_fewer_at_once_before_a_shorter_context():
    found = planned(SEVEN, memory_limit=int(6.5 * GB))

    assert found.context == 4096
    assert 1 <= found.parallel < 8


def test_a_tighter_limit_gives_a_shorter_context():
    assert planned(SEVEN, memory_limit=int(5.1 * GB)).context < 4096


def test_no_plan_takes_more_than_is_free():
    for limit in range(1, 17):
        found = plan(SEVEN, LAPTOP, replace(WISHES, memory_limit=limit * GB), Use(node_bytes=GB))
        if isinstance(found, Plan):
            assert found.memory_bytes <= (limit - 1) * GB


def test_the_context_is_never_longer_than_what_the_model_was_trained_on():
    assert planned(replace(SMALL, context_length=1024)).context == 1024
    assert planned(replace(SMALL, context_length=1024), context=8192).context == 1024


def test_a_refusal_is_arithmetic_and_says_what_would_do():
    sentence = refused(memory_limit=4 * GB, in_use=Use(node_bytes=GB)).sentence

    assert sentence.startswith("needs ")
    assert "3.0 GB free of 4.0 GB allowed" in sentence
    assert "resource.memory_limit of " in sentence


def test_a_limit_that_a_refusal_names_is_enough():
    sentence = refused(memory_limit=4 * GB).sentence
    named = sentence.split("resource.memory_limit of ")[1].split("GB")[0]

    assert planned(SEVEN, memory_limit=int(float(named) * GB))


def test_a_heavy_file_is_refused_with_the_lighter_one_that_would_fit():
    heavy = replace(SEVEN, tensor_bytes=14 * GB, quantisation="F16")

    assert "the Q4_0 file (3.9 GB) would fit" in refused(heavy, memory_limit=8 * GB).sentence


def test_a_long_context_is_refused_with_the_one_that_would_fit():
    sentence = refused(context=32768, parallel=8, memory_limit=8 * GB).sentence

    assert "serving.parallel 1" in sentence or "a context of" in sentence


def test_memory_that_other_programs_hold_is_not_promised():
    crowded = replace(LAPTOP, free_bytes=3 * GB)

    assert "other programs hold" in refused(hardware=crowded).sentence


def test_what_other_models_were_promised_is_taken():
    use = Use(models_bytes=12 * GB, unused_bytes=6 * GB)

    assert refused(memory_limit=14 * GB, in_use=use).free_bytes <= 2 * GB


@pytest.mark.parametrize(
    ("hardware", "share", "threads"),
    [(LAPTOP, 0.8, 2), (SERVER, 1.0, 15), (SERVER, 0.25, 7), (replace(LAPTOP, cores=0.5), 1, 1)],
)
def test_threads_are_the_cores_allowed_less_one_for_the_web(hardware, share, threads):
    assert planned(hardware=hardware, cpu_share=share).threads == threads


def test_a_gpu_with_room_takes_everything_and_more_requests_at_once():
    found = planned(SEVEN, replace(SERVER, gpus=(CARD,), gpu_backend="CUDA"))

    assert (found.gpu_layers, found.parallel > 8, found.batch) == (33, True, 2048)
    assert found.gpu_bytes <= CARD.free_bytes


def test_a_small_gpu_takes_the_layers_that_fit():
    card = replace(CARD, free_bytes=4 * GB)
    found = planned(SEVEN, replace(SERVER, gpus=(card,), gpu_backend="CUDA"))

    assert 0 < found.gpu_layers < 32
    assert found.gpu_bytes <= card.free_bytes


def test_a_gpu_that_is_too_small_for_the_layers_asked_for_is_what_the_refusal_tells_of():
    card = replace(CARD, free_bytes=2 * GB)
    sentence = refused(
        hardware=replace(SERVER, gpus=(card,), gpu_backend="CUDA"), gpu_layers=33
    ).sentence

    assert "of the GPU's memory for 33 layers, 2.0 GB are free" in sentence
    assert "serving.gpu_layers: -1" in sentence


def test_a_gpu_that_llama_cpp_was_not_built_for_is_named_with_why():
    found = planned(SEVEN, replace(SERVER, gpus=(CARD,)))

    assert found.gpu_layers == 0
    assert any("Test GPU is not used" in reason for reason in found.reasons)


def test_what_the_operator_set_is_kept():
    found = planned(threads=3, parallel=2, context=2048, queue=5, gpu_layers=0)

    assert (found.threads, found.parallel, found.context, found.queue) == (3, 2, 2048, 5)


def test_a_plan_survives_being_written_and_read():
    assert Plan.from_json(planned().to_json()) == planned()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "m"}'])
def test_a_file_that_holds_no_plan_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        Plan.from_json(text)
