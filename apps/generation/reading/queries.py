"""A question made ready for reading."""

from dataclasses import dataclass

from apps.generation.reading.questions import Asked, asked_for
from apps.generation.reading.terms import Token, is_han, is_stop, terms_of, tokens, word_list

_MEASURES = word_list("long often old tall high far large big deep wide")
_GRAMMAR = frozenset("是谁誰吗嗎呢吧了")  # never part of a word that a document would have


@dataclass(frozen=True, slots=True)
class Query:
    """A question with what it asks for and the terms to look for, question words left out."""

    text: str
    asked: Asked
    terms: frozenset[str]


def prepare(question: str) -> Query:
    """Content terms and wanted kind of answer; the question word itself is no term.

    Single Chinese characters count only where they stand alone: they match nearly everything.
    """
    asked = asked_for(question)
    words = [
        token
        for token in tokens(question)
        if not asked.start <= token.start < asked.end
        or not (is_han(token.norm) or token.norm in _MEASURES)
    ]
    alone = _standing_alone(words)
    terms = frozenset(
        term
        for term in terms_of(words)
        if not is_stop(term)
        and (not is_han(term) or term in alone)
        and not (len(term) == 2 and is_han(term[0]) and _is_grammar(term))
    )
    return Query(question, asked, terms)


def _standing_alone(words: list[Token]) -> set[str]:
    return {
        word.norm
        for before, word, after in zip([None, *words], words, [*words[1:], None], strict=False)
        if not (before and is_han(before.norm) and before.end == word.start)
        and not (after and is_han(after.norm) and after.start == word.end)
    }


def _is_grammar(pair: str) -> bool:
    return not _GRAMMAR.isdisjoint(pair) or (is_stop(pair[0]) and is_stop(pair[1]))
