"""What the reader makes of found passages, as search and the built-in engine use it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.core import config
from apps.evaluation import metrics
from apps.evaluation.golden_set import GoldQuestion
from apps.generation.engines.builtin import BuiltinEngine
from apps.generation.protocols import Draft, Prompt
from apps.retrieval import language
from apps.retrieval.protocols import Calibration, Hit
from apps.retrieval.reader.confidence import confidence_of
from apps.retrieval.reader.model_folder import calibration_for
from apps.retrieval.reader.onnx import OnnxReader
from apps.retrieval.reader.ranking import reordered
from apps.retrieval.reader.reading import read_in_turns
from training.bilingual.cached_reading import CachedReader
from training.bilingual.calibration_fit import span_text


class Reading:
    """The reader of a folder; what it has read before comes out of the cache."""

    def __init__(self, folder: Path, cache: Path, *, threads: int) -> None:
        self.reader = CachedReader(OnnxReader(folder, threads=threads), cache)
        self._engine = BuiltinEngine()
        self.reads = self.offered = 0  # passages; fewer are read where the best is certain

    def after(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """The hits as search gives them: the first `retrieval.read` read, unless certain before."""
        calibration = self._calibration(question)
        passages = [(hit.context, hit.text) for hit in hits[: config.load().retrieval.read]]
        reads = read_in_turns(
            self.reader, question, passages, calibration=calibration, deadline=math.inf
        )
        self.reads += len(reads)
        self.offered += len(passages)
        return reordered(hits, reads, calibration)

    def alone(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """All the hits read, the most relevant first; no rank counts."""
        passages = [(hit.context, hit.text) for hit in hits]
        reads = self.reader.read(question, passages)
        return reordered(hits, reads, replace(self._calibration(question), rank_weight=0.0))

    def confidence(self, question: str, hits: Sequence[Hit]) -> float:
        """How sure the best hit answers the question; 0 without hits."""
        if not hits or hits[0].reading is None:
            return 0.0
        return confidence_of(hits, self._calibration(question))

    def draft(self, one: GoldQuestion, hits: Sequence[Hit], *, least: float | None = None) -> Draft:
        """What the built-in engine writes; `least`: the confidence it must have, None as served."""
        settings = config.load().answers
        prompt = Prompt(
            question=one.text,
            passages=tuple(hits[: settings.passages]),
            language="en" if language.detect(one.text) is language.Language.ENGLISH else "zh",
            temperature=0.0,
            min_confidence=settings.min_confidence if least is None else least,
        )
        *_, last = self._engine.write(prompt)
        assert isinstance(last, Draft)
        return last

    def _calibration(self, question: str) -> Calibration:
        return calibration_for(self.reader.calibration, language.detect(question))


def span_scores(one: GoldQuestion, hits: Sequence[Hit]) -> tuple[float, float]:
    """EM and F1 of the best span of the best hit."""
    said = span_text(hits[0] if hits else None)
    return metrics.exact_match(said, one.answers), metrics.f1(said, one.answers)


def is_right(one: GoldQuestion, draft: Draft) -> bool:
    """A right answer stands in what is shown, and a right source is cited."""
    return (
        draft.is_answered
        and any(metrics.contains(draft.text, answer) for answer in one.answers)
        and any(evidence.passage.path in one.relevant for evidence in draft.evidence)
    )


def cites_evidence(draft: Draft, evidences: Sequence[str]) -> bool:
    """Whether the first sentence that is cited is one that people marked."""
    if not draft.evidence:
        return False
    first = draft.evidence[0]
    return metrics.is_evidence(first.passage.text[first.start : first.end], evidences)
