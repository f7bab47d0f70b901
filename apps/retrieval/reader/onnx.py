"""The reader with ONNX Runtime on the processor."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from onnxruntime.capi import onnxruntime_pybind11_state as errors
from tokenizers import Tokenizer

from apps.retrieval.model_files import RESTORE, ModelDamaged
from apps.retrieval.onnx_sessions import session_of
from apps.retrieval.protocols import Calibration, Read
from apps.retrieval.reader import model_folder
from apps.retrieval.reader.answer_spans import TokenSpan, best_token_spans, spans_of
from apps.retrieval.reader.prefixes import prefix_ids
from apps.retrieval.reader.scripts import spelled_alike
from apps.retrieval.reader.windows import QUESTION_TOKENS, Window, windows_of

# The tokenizer makes no token of more characters: a longer word is one unknown token.
_LONGEST_TOKEN = 100
_UNREADABLE = (errors.Fail, errors.InvalidGraph, errors.InvalidProtobuf, errors.NotImplemented)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one run says."""

    relevance: float
    spans: list[TokenSpan]


class OnnxReader:
    """A cross-encoder in ONNX: `input_ids`, `token_types` (1, tokens) to `relevance`, `spans`.

    As with the embedder, each run takes one text and one thread, and `threads` of them go side by
    side on one copy of the weights, for all questions together: nothing oversubscribes the
    processor. Runs are taken in the order they were asked for; who asks for `at_once` passages
    at a time takes turns with other questions. Thread-safe; the interpreter lock is released while
    the model runs.
    """

    def __init__(
        self, folder: Path, *, threads: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Load and verify the model in `folder`. Raises ModelDamaged."""
        self._description = model_folder.verify(folder)
        self._threads, self._clock = threads, clock
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._prefix_of = lru_cache(maxsize=1024)(self._prefix_ids)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="read")
        try:
            self._session = session_of(folder / "model.onnx")
        except _UNREADABLE:
            raise ModelDamaged(
                f"The reader cannot be used: {folder / 'model.onnx'} is no model that this program"
                f" can run. {RESTORE}"
            ) from None

    @property
    def sha256(self) -> str:
        """Hash over every file of the model."""
        return self._description.sha256

    @property
    def languages(self) -> frozenset[str]:
        """Languages that it has learned."""
        return self._description.languages

    @property
    def calibration(self) -> Mapping[str, Calibration]:
        """What its figures mean, by language."""
        return self._description.calibration

    @property
    def at_once(self) -> int:
        """Two for each thread: none waits long for the last."""
        return 2 * self._threads

    def read(
        self,
        question: str,
        passages: Sequence[tuple[str, str]],
        *,
        deadline: float | None = None,
        at_least: int = 1,
    ) -> list[Read | None]:
        """One Read for each passage (its context, its text), in given order.

        None for those whose turn had not come at `deadline` (of the clock; None: no end); the first
        `at_least` are read even so. A passage whose windows were not all read was not read. A long
        question counts with its beginning, a long passage with its best window.
        """
        windows, offsets = self._prepared(question, passages)
        ends = [None if number < at_least else deadline for number in range(len(passages))]
        asked = [
            [self._pool.submit(self._run, window, end) for window in of_passage]
            for of_passage, end in zip(windows, ends, strict=True)
        ]
        try:
            seen = [
                [self._outcome(one, end) for one in of_passage]
                for of_passage, end in zip(asked, ends, strict=True)
            ]
        finally:  # whoever goes away leaves nothing in the queue
            for one in chain.from_iterable(asked):
                one.cancel()
        return [
            _joined(text, places, found)
            for (_, text), places, found in zip(passages, offsets, seen, strict=True)
        ]

    def _prepared(
        self, question: str, passages: Sequence[tuple[str, str]]
    ) -> tuple[list[list[Window]], list[list[tuple[int, int]]]]:
        texts = [text for _, text in passages]
        asked = spelled_alike(question[: QUESTION_TOKENS * _LONGEST_TOKEN], texts)
        spellings = list(dict.fromkeys(asked))
        encoded = self._tokenizer.encode_batch([*spellings, *texts], add_special_tokens=False)
        ids_of = {one: got.ids for one, got in zip(spellings, encoded, strict=False)}
        bodies, limit = encoded[len(spellings) :], self._description.max_tokens
        windows = [
            windows_of(ids_of[spelling], self._prefix_of(context), body.ids, max_tokens=limit)
            for spelling, (context, _), body in zip(asked, passages, bodies, strict=True)
        ]
        return windows, [body.offsets for body in bodies]

    def _prefix_ids(self, context: str) -> tuple[int, ...]:
        return tuple(
            prefix_ids(context, lambda t: self._tokenizer.encode(t, add_special_tokens=False).ids)
        )

    def _run(self, window: Window, deadline: float | None) -> _Seen | None:
        if deadline is not None and self._clock() >= deadline:
            return None
        relevance, spans = self._session.run(
            ["relevance", "spans"], {"input_ids": window.ids, "token_types": window.types}
        )
        body = spans[window.offset : window.offset + window.last - window.first]
        found = best_token_spans(body, null=float(spans[0].sum()))
        shift = window.first
        return _Seen(float(relevance[0]), [(m, a + shift, b + shift) for m, a, b in found])

    def _outcome(self, run: "Future[_Seen | None]", deadline: float | None) -> _Seen | None:
        """Waits for it, but after the deadline only if it is already under way."""
        if deadline is not None:
            wait([run], timeout=max(0.0, deadline - self._clock()))
            if run.cancel():
                return None
        return run.result()


def _joined(
    text: str, offsets: Sequence[tuple[int, int]], seen: Sequence[_Seen | None]
) -> Read | None:
    """A passage out of its windows."""
    whole = [one for one in seen if one is not None]
    if len(whole) < len(seen):
        return None
    found = chain.from_iterable(one.spans for one in whole)
    return Read(max(one.relevance for one in whole), spans_of(text, offsets, found))
