"""An answer in the passages' own words."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.generation.protocols import Evidence
from apps.generation.reading import tables
from apps.generation.reading.questions import Wanted
from apps.generation.reading.reader import Reading
from apps.generation.reading.terms import content_terms
from apps.retrieval.protocols import Hit

MAX_SENTENCES = 3
CLEAR = 0.5  # a short answer leads the text when it has at least this probability
_NEAR_BEST = 1.5  # how far (in log odds) a further sentence may stand behind the best
_SAME = 0.8
_BARE = frozenset({Wanted.YES_NO, Wanted.MANNER, Wanted.REASON})  # want a sentence, not a phrase


@dataclass(frozen=True, slots=True)
class Composed:
    """`text` with `[n]` for `evidence[n - 1]`; `short_answer` stands in the first evidence."""

    text: str
    short_answer: str
    evidence: tuple[Evidence, ...]


def compose(reading: Reading, hits: Sequence[Hit]) -> Composed:
    """One to three sentences quoted from `hits`, the short answer in front when it is clear.

    `reading` must have sentences. Nothing is written that its passage does not say.
    """
    evidence = _evidence(reading, hits)
    sentences = [f"{_in_words(one)} [{n}]" for n, one in enumerate(evidence, start=1)]
    short = _short_answer(evidence[0])
    if not _is_row(evidence[0]) and _leads(reading, short, sentences[0]):
        sentences.insert(0, f"{short} [1]")
    return Composed("\n".join(sentences), short or _in_words(evidence[0]), evidence)


def _evidence(reading: Reading, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    chosen: list[Evidence] = []
    covered: set[str] = set()
    best = reading.sentences[0]
    for one in reading.sentences:
        hit = hits[one.passage]
        terms = set(content_terms(hit.text[one.start : one.end]))
        asked = terms & reading.query.terms
        if chosen and (
            one.score < best.score - _NEAR_BEST or asked <= covered or _repeats(terms, chosen)
        ):
            continue
        is_first = not chosen and reading.span is not None
        chosen.append(
            Evidence(
                passage=hit,
                start=one.start,
                end=one.end,
                answer_start=reading.span.start if is_first and reading.span else None,
                answer_end=reading.span.end if is_first and reading.span else None,
            )
        )
        covered |= asked
        if len(chosen) == MAX_SENTENCES:
            break
    return tuple(chosen)


def _repeats(terms: set[str], chosen: Sequence[Evidence]) -> bool:
    for one in chosen:
        said = set(content_terms(one.passage.text[one.start : one.end]))
        if len(terms & said) >= _SAME * min(len(terms), len(said)):
            return True
    return False


def _in_words(evidence: Evidence) -> str:
    hit = evidence.passage
    quoted = hit.text[evidence.start : evidence.end]
    if not tables.is_row(quoted):
        return quoted
    header = tables.header_of(hit.text, hit.context, evidence.start)
    return tables.row_in_words(quoted, header)


def _is_row(evidence: Evidence) -> bool:
    """Which of its cells answers is a guess: the row says what each of them is."""
    return tables.is_row(evidence.passage.text[evidence.start : evidence.end])


def _short_answer(evidence: Evidence) -> str:
    if evidence.answer_start is None or evidence.answer_end is None:
        return ""
    return evidence.passage.text[evidence.answer_start : evidence.answer_end]


def _leads(reading: Reading, short: str, sentence: str) -> bool:
    if not short or reading.span is None or reading.query.asked.wanted in _BARE:
        return False
    return reading.span.lead >= CLEAR and len(short) * 2 < len(sentence)
