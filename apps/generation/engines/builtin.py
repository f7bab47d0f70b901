"""The engine that needs no language model: it quotes what the reader marked and cannot invent."""

from collections.abc import Iterator

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.generation.calibration import calibration_of, needed_confidence
from apps.generation.engines.weighing import weigh
from apps.generation.protocols import Draft, Prompt
from apps.generation.reading.composing import compose
from apps.generation.reading.queries import prepare
from apps.retrieval.reader import model_folder


class BuiltinEngine:
    """Quotes the sentences around the reader's spans; refuses below the confidence needed."""

    @property
    def name(self) -> str:
        """`builtin`."""
        return "builtin"

    @property
    def model_sha256(self) -> str:
        """Hash of the reader; empty where there is none, or where it is switched off."""
        settings = config.load()
        if not settings.retrieval.read:
            return ""
        try:
            return model_folder.describe(settings.reader_dir).sha256
        except ClawdbotError:
            return ""

    def warm_up(self) -> None:
        """Read the calibration; the reader itself is the search's to load."""
        calibration_of("")

    def write(self, prompt: Prompt) -> Iterator[str | Draft]:
        """Quote what answers the question, in one piece, then the Draft."""
        query, calibration = prepare(prompt.question), calibration_of(prompt.question)
        choice, confidence = weigh(query, prompt, calibration)
        cited = [one.hit for one in choice.quotes] if choice else []
        needed = needed_confidence(prompt, cited, calibration)
        if choice is None or confidence < needed:
            yield Draft("", is_answered=False, confidence=confidence, needed=needed)
            return
        composed = compose(query, choice, is_clear=confidence >= calibration.short)
        yield composed.text
        yield Draft(
            text=composed.text,
            is_answered=True,
            confidence=confidence,
            evidence=composed.evidence,
            short_answer=composed.short_answer,
            needed=needed,
        )
