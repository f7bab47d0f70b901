"""The batcher over a tiny GGUF."""

import json
import random
import subprocess
import sys
import threading

import llama_cpp
import pytest

from apps.serving.batching import json_schema_grammar, open_batcher
from apps.serving.errors import ModelUnusable
from apps.serving.llama import sampling as sampling_module
from apps.serving.protocols import ContextTooLong, FinishReason, QueueFull, Sampling
from tests.apps.serving.batching.models import Asked, ask, plan
from tests.installation import ROOT

GREEDY = Sampling(temperature=0)
WILD = Sampling(temperature=1.0, top_p=1.0, top_k=0, seed=7)


@pytest.fixture(scope="module")
def batcher(tiny):
    opened = open_batcher(plan(tiny))
    yield opened
    opened.close()


def prompt(seed: int, length: int = 40) -> list[int]:
    return random.Random(seed).choices(range(256), k=length)


@pytest.mark.parametrize("sampling", [GREEDY, WILD], ids=["greedy", "wild"])
def test_answers_written_together_are_those_written_alone(batcher, sampling):
    alone = [
        ask(batcher, prompt(seed, 30 + 20 * seed), sampling=sampling).text for seed in range(4)
    ]

    asked = [ask(batcher, prompt(seed, 30 + 20 * seed), sampling=sampling) for seed in range(4)]

    assert [one.text for one in asked] == alone
    assert len(set(alone)) == 4


def test_the_likeliest_tokens_are_those_of_llama_cpp_itself(batcher, tiny):
    model = llama_cpp.Llama(str(tiny), n_ctx=256, n_threads=1, verbose=False)
    tokens = prompt(11)

    said, tried = [], model.generate(tokens, temp=0.0)
    while len(said) < 24:
        said.append(next(tried))

    assert ask(batcher, tokens, sampling=GREEDY).text == batcher.detokenize(said)


@pytest.mark.parametrize("sampling", [GREEDY, WILD], ids=["greedy", "wild"])
def test_guesses_change_no_answer(batcher, sampling):
    tokens = prompt(3, 20) * 3
    plain = ask(batcher, tokens, 60, sampling=sampling, speculate=False)

    assert plain.finished.accepted_tokens == 0
    assert ask(batcher, tokens, 60, sampling=sampling).text == plain.text


def test_a_beginning_that_is_kept_changes_no_answer(batcher, tiny):
    first, second = prompt(5, 100) + prompt(6, 20), prompt(5, 100) + prompt(7, 20)
    assert ask(batcher, first, sampling=WILD).text
    again = ask(batcher, second, sampling=WILD)
    fresh = open_batcher(plan(tiny))

    assert again.text == ask(fresh, second, sampling=WILD).text
    assert again.finished.cached_tokens == 100
    fresh.close()


def test_whoever_comes_and_goes_each_answer_is_the_one_it_would_be_alone(batcher, tiny):
    chance, beginnings = random.Random(5), [prompt(20, 90), prompt(21, 60)]
    prompts = [[*chance.choice(beginnings), *prompt(seed, 9)] for seed in range(30, 46)]
    single = open_batcher(plan(tiny, parallel=1))
    alone = [ask(single, tokens, sampling=WILD, speculate=False).text for tokens in prompts]

    asked = [ask(batcher, tokens, sampling=WILD) for tokens in prompts]
    for one in asked[3::5]:
        one.ticket.cancel()

    for one, expected in zip(asked, alone, strict=True):
        assert expected.startswith(one.text.rstrip("\ufffd"))
    assert sum(one.finished.cached_tokens for one in asked) > 500
    single.close()


def test_a_seed_repeats_an_answer_and_another_one_does_not(batcher):
    texts = [
        ask(batcher, prompt(1), sampling=Sampling(temperature=1.2, seed=seed)).text
        for seed in (1, 1, 2)
    ]

    assert texts[0] == texts[1] != texts[2]


def test_penalties_keep_a_token_from_coming_again(batcher):
    plain = ask(batcher, prompt(2), sampling=GREEDY, speculate=False).text
    penalised = Sampling(temperature=0, frequency_penalty=2.0, presence_penalty=2.0)

    assert len(set(ask(batcher, prompt(2), sampling=penalised).text)) > len(set(plain))


def test_a_grammar_forces_json_that_fits_the_schema(batcher):
    schema = {
        "type": "object", "required": ["name", "age"], "additionalProperties": False,
        "properties": {"name": {"enum": ["王", "Li"]}, "age": {"type": "integer"}},
    }  # fmt: skip
    grammar = json_schema_grammar(schema)

    text = ask(batcher, prompt(1), 80, sampling=Sampling(seed=1, grammar=grammar)).text

    assert json.loads(text)["name"] in ("王", "Li")


def test_characters_of_several_tokens_come_whole(batcher):
    chinese = Sampling(temperature=0, grammar='root ::= "早上好，世界" "。"')
    asked = ask(batcher, prompt(1), 60, sampling=chinese)

    assert asked.text == "早上好，世界。"
    assert all("\ufffd" not in event.text for event in asked.events[:-1])


def test_a_stop_text_over_several_tokens_ends_the_answer(batcher):
    counting = Sampling(temperature=0, grammar='root ::= "one two three four five"')
    asked = ask(batcher, prompt(1), 60, sampling=counting, stop=("ee fo",))

    assert asked.text == "one two thr"
    assert asked.finished.reason is FinishReason.STOP


@pytest.mark.parametrize(
    ("tokens", "more"),
    [([], {}), ([10**6], {}), ([-1], {}), ([1], {"sampling": Sampling(grammar="not ::")})],
)
def test_what_cannot_be_asked_is_refused_at_once(batcher, tokens, more):
    with pytest.raises(ValueError, match=r"token|grammar"):
        ask(batcher, tokens, **more)


def test_a_prompt_that_leaves_no_room_for_an_answer_is_refused(batcher):
    with pytest.raises(ContextTooLong, match="256"):
        ask(batcher, [1] * 256)

    assert ask(batcher, [1] * 255).finished.completion_tokens > 0


@pytest.mark.parametrize("never", ["[b-a]", "<[300000]>", r"[^\x00-\U7FFFFFFF]"])
def test_a_grammar_that_no_token_fits_ends_its_own_answer_and_nothing_else(batcher, never):
    stuck = ask(batcher, prompt(1), sampling=Sampling(grammar=f'root ::= "a" {never}'))
    beside = ask(batcher, prompt(2))

    assert stuck.finished.reason is FinishReason.IMPOSSIBLE
    assert "the grammar allows no token" in stuck.finished.message
    assert beside.finished.completion_tokens > 0


def test_a_word_without_end_is_tokenized_and_does_not_end_the_process(tiny, tmp_path):
    other = tmp_path / "bloom.gguf"  # a model whose texts are split by std::regex
    other.write_bytes(tiny.read_bytes().replace(b"gpt-2", b"bloom"))
    tried = subprocess.run(
        [sys.executable, "-m", "tests.apps.serving.batching.long_word", other],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (tried.returncode, tried.stdout) == (0, "100003")


def test_a_text_in_pieces_has_the_tokens_of_the_whole(batcher):
    text = "the rain in the plain " * 400
    whole = batcher.tokenize(text, add_special=True, parse_special=False)

    assert batcher.detokenize(whole) == text
    assert len(whole) < len(text)


def test_a_grammar_that_takes_too_long_ends_its_own_answer(batcher, monkeypatch):
    monkeypatch.setattr(sampling_module, "_PATIENCE_S", 0.0)
    slow = ask(batcher, prompt(1), sampling=Sampling(grammar='root ::= "a"'))

    assert "too many ways" in slow.finished.message


def test_a_temperature_next_to_nothing_is_none(batcher):
    nearly = Sampling(temperature=1e-42, top_k=0, top_p=1.0, seed=3)

    assert (
        ask(batcher, prompt(4), sampling=nearly).text
        == ask(batcher, prompt(4), sampling=GREEDY).text
    )


@pytest.mark.skipif(llama_cpp.llama_supports_gpu_offload(), reason="llama.cpp sees a GPU")
def test_layers_planned_for_a_gpu_that_is_not_there_are_refused_with_what_to_do(tiny):
    with pytest.raises(ModelUnusable, match=r"^3 layers .* serving.gpu_layers: 0, or .*CUDA=on"):
        open_batcher(plan(tiny, gpu_layers=3))


def test_who_waits_too_long_in_line_is_told_and_cancelling_makes_room(tiny):
    batcher = open_batcher(plan(tiny, parallel=1, queue=1, context=2048))
    first = ask(batcher, prompt(1), 2000)
    assert first.is_told.wait(30)
    second = ask(batcher, prompt(2), 4)

    with pytest.raises(QueueFull):
        ask(batcher, prompt(3))
    assert (first.ticket.position, second.ticket.position) == (0, 1)
    first.ticket.cancel()

    assert first.finished.reason is FinishReason.CANCELLED
    assert second.finished.completion_tokens > 0
    batcher.close()


def test_closing_ends_everybody_and_can_be_repeated(tiny):
    batcher = open_batcher(plan(tiny, parallel=1, context=2048))
    asked = [ask(batcher, prompt(seed), 2000) for seed in range(3)]

    batcher.close()
    batcher.close()

    assert {one.finished.reason for one in asked} == {FinishReason.CANCELLED}


def test_many_threads_may_ask_at_once(batcher):
    texts: dict[int, str] = {}

    def client(seed: int) -> None:
        texts[seed] = ask(batcher, prompt(seed % 3), 12, sampling=GREEDY).text

    threads = [threading.Thread(target=client, args=(seed,)) for seed in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(texts) == 12
    assert len(set(texts.values())) == 3


def test_tokens_and_texts_go_both_ways(batcher):
    tokens = batcher.tokenize("the 早上好<|im_end|>", add_special=False, parse_special=True)

    assert batcher.detokenize(tokens) == "the 早上好<|im_end|>"
    assert batcher.special_texts["eos_token"] == "<|im_end|>"
    assert "<|im_start|>" in batcher.control_texts
    assert "im_start" in batcher.chat_template


def test_a_file_that_is_no_model_is_told(tmp_path):
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + bytes(64))

    with pytest.raises(ModelUnusable):
        open_batcher(plan(tmp_path / "bad.gguf"))


def test_embeddings_have_unit_length_whoever_is_beside_them(tiny):
    batcher = open_batcher(plan(tiny, is_embedding=True))
    vectors = batcher.embed([prompt(1), prompt(2, 5), prompt(1)])

    assert [sum(x * x for x in vector) for vector in vectors] == pytest.approx([1.0] * 3)
    assert vectors[0] == pytest.approx(vectors[2], abs=1e-3)
    assert vectors[0] == pytest.approx(batcher.embed([prompt(1)])[0], abs=1e-3)
    assert vectors[0] != pytest.approx(vectors[1], abs=1e-2)
    batcher.close()


def test_a_model_does_only_what_it_is_for(batcher, tiny):
    embedding = open_batcher(plan(tiny, is_embedding=True))

    with pytest.raises(ValueError, match="no embeddings"):
        batcher.embed([[1]])
    with pytest.raises(ValueError, match="does not write"):
        embedding.submit(Asked, Asked().hear)
    embedding.close()


def test_what_it_did_can_be_counted(batcher):
    before = batcher.status()
    assert ask(batcher, prompt(77, 30), 5, sampling=GREEDY).finished

    after = batcher.status()

    assert after.counters["prompt_tokens"] - before.counters["prompt_tokens"] == 30
    assert (after.running, after.waiting, after.context, after.parallel) == (0, 0, 256, 4)
