"""What it costs in quality to splice computed passages into a prompt instead of computing it whole.

    python -m benchmarks.splicing --model FILE.gguf

Each passage's keys and values are computed once, right behind the beginning of the prompt, then
shifted to their place (RoPE) and joined, so that a passage has not seen those before it. Compared
with the whole prompt: how often the answer is the same, how well it agrees with the gold sentence,
and the seconds to the first token when all passages but the question are at hand.
"""

import ctypes
import itertools
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from llama_cpp import llama_cpp as llama

from benchmarks import report
from benchmarks.passage_prompts import ASK, END, HEAD, Case, cases
from benchmarks.report import Report

CONTEXT, BATCH, MOST_NEW = 8192, 2048, 64
MAIN, SCRATCH = 0, 1


class Engine:
    """One context with a few sequences over shared cells."""

    def __init__(self, path: Path, threads: int) -> None:
        llama.llama_backend_init()
        llama.llama_log_set(_quiet, ctypes.c_void_p(0))
        self._model = llama.llama_model_load_from_file(
            str(path).encode(), llama.llama_model_default_params()
        )
        wanted = llama.llama_context_default_params()
        wanted.n_ctx, wanted.n_batch, wanted.n_seq_max, wanted.kv_unified = CONTEXT, BATCH, 2, True
        wanted.n_threads = wanted.n_threads_batch = threads
        self._context = llama.llama_init_from_model(self._model, wanted)
        self._memory = llama.llama_get_memory(self._context)
        self._vocabulary = llama.llama_model_get_vocab(self._model)
        self.words = llama.llama_vocab_n_tokens(self._vocabulary)
        self._batch = llama.llama_batch_init(BATCH, 0, 1)

    def tokens(self, text: str) -> list[int]:
        """Of a text; control tokens are read as such."""
        data = text.encode()
        room = (llama.llama_token * (len(data) + 8))()
        count = llama.llama_tokenize(
            self._vocabulary, data, len(data), room, len(room), False, True
        )
        return list(room[:count])

    def text(self, tokens: Sequence[int]) -> str:
        """Of tokens, control tokens left out."""
        room, parts = ctypes.create_string_buffer(256), []
        for token in tokens:
            count = llama.llama_token_to_piece(self._vocabulary, token, room, 256, 0, False)
            parts.append(room.raw[:count])
        return b"".join(parts).decode(errors="replace")

    def clear(self) -> None:
        """Forget every sequence."""
        llama.llama_memory_clear(self._memory, True)

    def read(self, tokens: Sequence[int], *, at: int, sequence: int) -> None:
        """Compute tokens at positions `at`... of a sequence; logits of the last."""
        for begin in range(0, len(tokens), BATCH):
            self._read(tokens[begin : begin + BATCH], at + begin, sequence)

    def _read(self, tokens: Sequence[int], at: int, sequence: int) -> None:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for n, token in enumerate(tokens):
            batch.token[n], batch.pos[n], batch.n_seq_id[n] = token, at + n, 1
            batch.seq_id[n][0] = sequence
            batch.logits[n] = n == len(tokens) - 1
        if llama.llama_decode(self._context, batch):
            raise RuntimeError("llama_decode failed")

    def likeliest(self) -> int:
        """The next token."""
        logits = llama.llama_get_logits_ith(self._context, -1)
        return max(range(self.words), key=logits.__getitem__)

    def splice(self, block: Sequence[int], *, head: int, at: int) -> None:
        """Compute a block behind the head alone, then put it at position `at` of MAIN."""
        memory = self._memory
        llama.llama_memory_seq_cp(memory, MAIN, SCRATCH, 0, head)
        self.read(block, at=head, sequence=SCRATCH)
        llama.llama_memory_seq_rm(memory, SCRATCH, 0, head)
        llama.llama_memory_seq_add(memory, SCRATCH, head, -1, at - head)
        llama.llama_memory_seq_cp(memory, SCRATCH, MAIN, at, at + len(block))
        llama.llama_memory_seq_rm(memory, SCRATCH, -1, -1)


@llama.llama_log_callback
def _quiet(*_arguments: object) -> None:
    """llama.cpp tells a lot."""


def main() -> int:
    """Measure and report."""
    parser = report.arguments(__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=100, help="of each set")
    options = parser.parse_args()
    machine = report.machine()
    engine = Engine(options.model, machine.cores)
    figures: dict[str, float] = {}
    for name in ("squad_dev", "cmrc_dev"):
        rows = [_compared(engine, case) for case in cases(options.shared, name, options.questions)]
        for key in rows[0]:
            figures[f"{name}_{key}"] = sum(row[key] for row in rows) / len(rows)
    return report.finish(Report("splicing", figures, {}, machine), as_json=options.json)


def _compared(engine: Engine, case: Case) -> dict[str, float]:
    head = engine.tokens(HEAD)
    blocks = [engine.tokens(block) for block in case.blocks]
    question = engine.tokens(f"Question: {case.question}{ASK}")
    engine.clear()
    begun = time.perf_counter()
    engine.read([*head, *itertools.chain(*blocks), *question], at=0, sequence=MAIN)
    whole_s = time.perf_counter() - begun
    whole = _answer(engine, len(head) + sum(map(len, blocks)) + len(question))
    engine.clear()
    engine.read(head, at=0, sequence=MAIN)
    position = len(head)
    for block in blocks:
        engine.splice(block, head=len(head), at=position)
        position += len(block)
    begun = time.perf_counter()
    engine.read(question, at=position, sequence=MAIN)
    spliced_s = time.perf_counter() - begun
    spliced = _answer(engine, position + len(question))
    return {
        "same": float(whole == spliced),
        "whole_recall": _recall(whole, case.gold),
        "spliced_recall": _recall(spliced, case.gold),
        "whole_first_s": whole_s,
        "spliced_first_s": spliced_s,
    }


def _answer(engine: Engine, position: int) -> str:
    (end,) = engine.tokens(END)
    written: list[int] = []
    while len(written) < MOST_NEW:
        token = engine.likeliest()
        if token == end:
            break
        written.append(token)
        engine.read([token], at=position, sequence=MAIN)
        position += 1
    return engine.text(written)


def _recall(said: str, gold: str) -> float:
    """The share of the gold answer's characters (pairs of them) that the answer has."""
    wanted = Counter(itertools.pairwise(gold.lower()))
    given = Counter(itertools.pairwise(said.lower()))
    return (wanted & given).total() / max(1, wanted.total())


if __name__ == "__main__":
    sys.exit(main())
