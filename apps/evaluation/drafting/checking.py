"""Whether a passage answers a question, by the reader alone: nothing is searched for."""

from dataclasses import dataclass

from apps.evaluation import metrics
from apps.generation.calibration import calibration_of
from apps.knowledge.models import Chunk
from apps.retrieval.protocols import Hit, Read
from apps.retrieval.reader import loading
from apps.retrieval.reader.confidence import confidence_of

LIKE = 0.5  # F1 of the reader's best span with the answer that is meant


@dataclass(frozen=True, slots=True)
class Verdict:
    """`is_answered`: the reader is sure enough, and marks the answer that is meant."""

    is_answered: bool
    relevance: float
    span: str


def check(question: str, answer: str, chunk: Chunk) -> Verdict:
    """Read the passage for the question. Raises ModelDamaged where there is no reader."""
    (read,) = loading.reader().read(question, [(chunk.context, chunk.text)], deadline=None)
    if read is None or not read.spans:
        return Verdict(is_answered=False, relevance=0.0, span="")
    best = read.spans[0]
    span = chunk.text[best.start : best.end]
    calibration = calibration_of(question)
    confidence = confidence_of([_hit(chunk, read)], calibration)
    is_like = metrics.contains(answer, span) or metrics.f1(span, [answer]) >= LIKE
    return Verdict(confidence >= calibration.threshold and is_like, read.relevance, span)


def _hit(chunk: Chunk, read: Read) -> Hit:
    """As if the passage were the only one that was found."""
    document = chunk.version.document
    return Hit(
        chunk_id=chunk.pk,
        chunk=chunk.uuid,
        document=document.uuid,
        version=chunk.version.uuid,
        version_number=chunk.version.number,
        collection=document.collection.uuid,
        title=document.title,
        path=document.path,
        page=chunk.page,
        heading=chunk.heading,
        context=chunk.context,
        text=chunk.text,
        start=chunk.start,
        end=chunk.end,
        score=1.0,
        legs={},
        reading=read,
    )
