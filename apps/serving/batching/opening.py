"""Puts a Batcher together: the model, its vocabulary, what computes, and the thread."""

import threading
import time
from concurrent.futures import Future

from apps.serving.batching.batcher import GeneratingBatcher
from apps.serving.batching.costs import Costs
from apps.serving.batching.decoding import Decoder, Run
from apps.serving.batching.embedding import EmbeddingBatcher
from apps.serving.llama.decoder import LlamaDecoder
from apps.serving.llama.embedder import LlamaEmbedder
from apps.serving.llama.model import LlamaModel
from apps.serving.llama.vocabulary import LlamaVocabulary
from apps.serving.plan import Plan
from apps.serving.protocols import Batcher

Worker = GeneratingBatcher | EmbeddingBatcher
TRIED_ROWS = (1, 2, 4, 8, 16, 32)
READ_TOKENS = 64


def open_planned(plan: Plan) -> Batcher:
    """See batching.open_batcher."""
    ready: Future[Worker] = Future()
    threading.Thread(target=_serve, args=(plan, ready), name="batcher", daemon=True).start()
    return ready.result()


def _serve(plan: Plan, ready: "Future[Worker]") -> None:
    """Everything that computes does so in this one thread. Each thread that ever computed keeps a
    pool of its own in libgomp, and once all pools together have more threads than there are cores,
    libgomp lets them sleep at each barrier instead of waiting a moment: prompts took twice as long.
    """
    try:
        worker = _open(plan)
    except Exception as error:  # noqa: BLE001 - whoever opens it gets it
        ready.set_exception(error)
        return
    ready.set_result(worker)
    worker.work()


def _open(plan: Plan) -> Worker:
    model = LlamaModel(plan)
    vocabulary = LlamaVocabulary(model)
    if plan.is_embedding:
        return EmbeddingBatcher(plan, model, vocabulary, LlamaEmbedder(model, plan))
    decoder = LlamaDecoder(model, vocabulary, plan)
    costs = Costs()
    warm_up(decoder, costs)
    return GeneratingBatcher(plan, model, decoder, costs)


def warm_up(decoder: Decoder, costs: Costs) -> None:
    """Touch all weights, and measure what steps of several sizes take."""
    for _ in range(2):
        tokens = min(READ_TOKENS, decoder.batch, decoder.context)
        costs.read(tokens, _seconds(decoder, tokens, outputs=1))
    for rows in TRIED_ROWS:
        if rows <= min(decoder.outputs, decoder.context):
            _seconds(decoder, rows, outputs=rows)  # a graph of a new size is made ready first
            costs.tried(rows, _seconds(decoder, rows, outputs=rows))


def _seconds(decoder: Decoder, tokens: int, *, outputs: int) -> float:
    started = time.monotonic()
    decoder.decode([Run(0, 0, [0] * tokens, outputs)])
    decoder.cut(0, 0)
    return time.monotonic() - started
