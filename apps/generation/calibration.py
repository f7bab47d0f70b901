"""How sure an answer must be before it is given."""

from collections.abc import Iterable

from apps.core import config
from apps.core.errors import ClawdbotError
from apps.generation.protocols import Prompt
from apps.retrieval import language
from apps.retrieval.protocols import Calibration, Hit
from apps.retrieval.reader import model_folder


def calibration_of(question: str) -> Calibration:
    """What the reader's figures mean for a question; the defaults where there is no reader."""
    try:
        known = model_folder.describe(config.load().reader_dir).calibration
    except ClawdbotError:
        return Calibration()
    return model_folder.calibration_for(known, language.detect(question))


def needed_confidence(prompt: Prompt, cited: Iterable[Hit], calibration: Calibration) -> float:
    """The strictest demand of the collections cited; with nothing cited that of the installation.

    A collection without a demand of its own has the installation's; where that is automatic, the
    calibrated threshold.
    """
    usual = calibration.threshold if prompt.min_confidence is None else prompt.min_confidence
    own = prompt.collection_confidence
    return max((own.get(hit.collection, usual) for hit in cited), default=usual)
