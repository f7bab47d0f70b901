"""What speaks for and against a stretch of a sentence being the answer."""

from apps.generation.reading.marking import Sentence
from apps.generation.reading.shapes import Region, Shape
from apps.generation.reading.terms import is_stop, word_list

Features = dict[str, float]

_TELLING_EN = word_list(
    """
    the a an of in by to for as and was is were are from at on with because that call name be
    into between than through during since after before until about over who which had has
    """
)
TELLING_ZH = frozenset(
    "的在是由于於为為和与與了被把将將从從到对對向以及等有至后後前中上下叫称稱任时時、，：（）「」《》“”。"
)


def span_features(sentence: Sentence, first: int, last: int, shape: Shape) -> Features:
    """What speaks for and against tokens `first..last` being the answer, by feature name."""
    words, query = sentence.tokens, sentence.query
    wanted = query.asked.wanted
    count = last - first + 1
    left, right = _neighbour(sentence, first, -1), _neighbour(sentence, last, 1)
    found: Features = {
        f"length:{min(count, 12)}": 1.0,
        f"shape:{wanted}:{shape}": 1.0,
        f"left:{left}": 1.0,
        f"right:{right}": 1.0,
        f"left:{wanted}:{left}": 1.0,
        "in_question": sum(sentence.matched[first : last + 1]) / count,
        "near": 1.0 / (1 + _distance(sentence, first, last)),
        "aligned_left": _aligned(sentence, first, -1),
        "aligned_right": _aligned(sentence, last, 1),
        f"position:{min(4, 5 * first // len(words))}": 1.0,
    }
    if any(is_stop(word.norm) for word in words[first : last + 1]):
        found["holds_stop"] = 1.0
    if any(_cuts(region, words[first].start, words[last].end) for region in sentence.regions):
        found["cuts_region"] = 1.0
    elif shape == Shape.OTHER and words[first].start in sentence.opening:
        found[f"opens:{wanted}:{sentence.opening[words[first].start].shape}"] = 1.0
    if sentence.text[words[first].start].isupper():
        found[f"capital:{wanted}"] = 1.0
    return found


def _neighbour(sentence: Sentence, index: int, step: int) -> str:
    """What stands beside a candidate: a telling word or mark, `question`, `stop` or `other`."""
    words, beside = sentence.tokens, index + step
    if not 0 <= beside < len(words):
        return "edge"
    gap = sentence.text[words[min(index, beside)].end : words[max(index, beside)].start].strip()
    if gap:
        return gap[-1 if step < 0 else 0]
    norm = words[beside].norm
    if norm in _TELLING_EN or norm in TELLING_ZH:
        return norm
    if sentence.matched[beside]:
        return "question"
    return "stop" if is_stop(norm) else "other"


def _distance(sentence: Sentence, first: int, last: int) -> int:
    """Tokens between the candidate and the nearest word of the question outside it."""
    for away in range(1, 10):
        for index in (first - away, last + away):
            if 0 <= index < len(sentence.matched) and sentence.matched[index]:
                return away - 1
    return 10


def _aligned(sentence: Sentence, index: int, step: int) -> float:
    """How many tokens beside the candidate equal those beside the question word, up to 4."""
    query = sentence.query
    side = [
        token.norm
        for token in query.tokens
        if (token.end <= query.asked.start if step < 0 else token.start >= query.asked.end)
    ]
    side = side[::step][:4]
    matches = 0
    for norm in side:
        index += step
        if not 0 <= index < len(sentence.tokens) or sentence.tokens[index].norm != norm:
            break
        matches += 1
    return matches / 4


def _cuts(region: Region, start: int, end: int) -> bool:
    if region.shape == Shape.REASON:
        return False
    return region.start < start < region.end or region.start < end < region.end
