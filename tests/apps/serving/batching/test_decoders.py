"""What every Decoder keeps to."""

import llama_cpp
import pytest
from annotated_types import Le

from apps.core.config_engines import Serving
from apps.serving.batching.decoding import DecodeFailed, Run
from apps.serving.batching.scripted import ScriptedDecoder
from apps.serving.llama.decoder import SPARE_SLOTS, LlamaDecoder
from apps.serving.llama.model import LlamaModel
from apps.serving.llama.vocabulary import LlamaVocabulary
from apps.serving.protocols import Sampling
from tests.apps.serving.batching.models import plan

TOKENS = [5, 60, 7, 33, 91, 20, 5, 60]


@pytest.fixture(params=["scripted", "llama"])
def decoder(request, tiny):
    if request.param == "scripted":
        yield ScriptedDecoder(slots=3, context=256, batch=256)
        return
    chosen = plan(tiny, parallel=2, context=256, batch=256)
    model = LlamaModel(chosen)
    opened = LlamaDecoder(model, LlamaVocabulary(model), chosen)
    yield opened
    opened.close()
    model.close()


def test_as_many_sequences_as_may_be_configured_fit_llama_cpp_with_the_spare_one():
    (most,) = (
        rule.le for rule in Serving.model_fields["parallel"].metadata if isinstance(rule, Le)
    )

    assert most + SPARE_SLOTS == llama_cpp.llama_max_parallel_sequences()


def after(decoder, *runs: Run) -> list[int]:
    """The token that follows each run."""
    sampler = decoder.sampler(Sampling(temperature=0))
    found = [sampler.sample(row) for row in decoder.decode(runs)]
    sampler.close()
    return found


def test_runs_side_by_side_give_what_each_gives_alone(decoder):
    alone = after(decoder, Run(0, 0, TOKENS, 1)) + after(decoder, Run(1, 0, TOKENS[2:], 1))
    decoder.cut(0, 0)
    decoder.cut(1, 0)

    assert after(decoder, Run(0, 0, TOKENS, 1), Run(1, 0, TOKENS[2:], 1)) == alone


def test_parts_give_what_the_whole_gives(decoder):
    whole = after(decoder, Run(0, 0, TOKENS, 1))

    decoder.decode([Run(1, 0, TOKENS[:3], 0)])
    assert after(decoder, Run(1, 3, TOKENS[3:], 1)) == whole


def test_each_output_row_is_that_of_its_token(decoder):
    rows = decoder.decode([Run(0, 0, TOKENS, 3)])
    sampler = decoder.sampler(Sampling(temperature=0))
    said = [sampler.sample(rows[0] + at) for at in range(3)]
    decoder.cut(0, 0)

    assert said[0] == after(decoder, Run(0, 0, TOKENS[:-2], 1))[0]
    assert said[2] == after(decoder, Run(0, len(TOKENS) - 2, TOKENS[-2:], 1))[0]


def test_a_copy_goes_on_as_the_original_does(decoder):
    decoder.decode([Run(0, 0, TOKENS, 0)])
    decoder.decode([Run(2, 0, [9, 9], 0)])
    decoder.copy(0, 2)

    assert after(decoder, Run(2, len(TOKENS), [44], 1)) == after(
        decoder, Run(0, len(TOKENS), [44], 1)
    )


def test_what_was_cut_off_leaves_no_trace(decoder):
    expected = after(decoder, Run(1, 0, [*TOKENS, 44], 1))
    decoder.decode([Run(0, 0, [*TOKENS, 70, 71, 72], 1)])
    decoder.cut(0, len(TOKENS))

    assert after(decoder, Run(0, len(TOKENS), [44], 1)) == expected


def test_more_than_a_slot_holds_is_refused_and_changes_nothing(decoder):
    expected = after(decoder, Run(1, 0, [*TOKENS, 44], 1))
    decoder.decode([Run(0, 0, TOKENS, 0)])

    with pytest.raises(DecodeFailed):
        decoder.decode([Run(0, len(TOKENS), [1] * 249, 1)])
    decoder.cut(0, len(TOKENS))

    assert after(decoder, Run(0, len(TOKENS), [44], 1)) == expected


def test_a_grammar_that_is_none_is_refused(decoder):
    with pytest.raises(ValueError, match="grammar"):
        decoder.sampler(Sampling(grammar="not ::"))
