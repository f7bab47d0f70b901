"""A trade's terms, found in texts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from apps.modelhub.glossaries.script import simplified, traditional
from apps.modelhub.glossaries.terms import GlossaryTerm
from apps.modelhub.glossaries.words import HAN, Word, keys_of_name, words_of_text

_MOST_CHARACTERS = 40_000  # of a text that is looked through
_MOST_TERMS = 6  # of a query
_MOST_NAMES = 6  # of a term


@dataclass(frozen=True, slots=True)
class Synonyms:
    """For an index: what a query calls something, and what else it is called, in both scripts."""

    said: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a query says in other words.

    `terms` stand in it, in their order; `synonyms`: those of them that have other names. `added`:
    these names for people, in the query's script.
    """

    terms: tuple[GlossaryTerm, ...] = ()
    synonyms: tuple[Synonyms, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    """Where the names lead that begin alike; `named` by the words up to here, and by which name.

    `is_border`: a common word ends here, which is no name and may hide the beginning of one.
    """

    after: dict[str, "_Node"] = field(default_factory=dict)
    named: dict[GlossaryTerm, str] = field(default_factory=dict)
    is_border: bool = False

    @property
    def is_end(self) -> bool:
        return self.is_border or bool(self.named)

    @property
    def is_ambiguous(self) -> bool:
        return len(self.named) > 1 or any(
            name in term.ambiguous for term, name in self.named.items()
        )


class Glossary:
    """Terms, found in any text by their names. Immutable; safe for many threads.

    Names are whole words, singular or plural, in any case and either Chinese script; of names that
    begin at the same word the longest counts. Short abbreviations count in capitals only, except in
    Chinese text. Chinese names are found inside longer words; `borders.txt` has common words at
    whose ends one would be seen by chance (其中风险 has no 中风 in it).
    """

    def __init__(self, terms: Sequence[GlossaryTerm] = ()) -> None:
        self.terms = tuple(terms)
        self._root = _Node()
        for term in self.terms:
            for name in term.names:
                for node in self._nodes(name):
                    node.named.setdefault(term, name)
        for word in _borders():
            for node in self._nodes(word):
                node.is_border = True

    def terms_in(self, text: str, *, limit: int = 12) -> Sequence[GlossaryTerm]:
        """The first `limit` terms that `text` names, in their order, each once.

        A name that several terms share brings all of them. Takes ~2 ms for a page.
        """
        found: dict[GlossaryTerm, None] = {}
        for node in self._found(text):
            found.update(dict.fromkeys(node.named))
            if len(found) >= limit:
                break
        return tuple(found)[:limit]

    def expansions(self, query: str) -> Expansion:
        """What the terms of `query` are called otherwise; names that several terms share, or that
        are marked as ambiguous, are not guessed at."""
        said: dict[GlossaryTerm, set[str]] = {}
        for node in self._found(query):
            if not node.is_ambiguous:
                for term, name in node.named.items():
                    said.setdefault(term, set()).add(name)
        terms = tuple(said)[:_MOST_TERMS]
        left = [[name for name in term.names if name not in said[term]] for term in terms]
        spelled = traditional if simplified(query) != query else str
        synonyms = (Synonyms(tuple(said[term]), _forms(term, said[term], query)) for term in terms)
        return Expansion(
            terms=terms,
            synonyms=tuple(one for one in synonyms if one.others),
            added=tuple(spelled(name) for names in left for name in names[:_MOST_NAMES]),
        )

    def _nodes(self, name: str) -> Iterator[_Node]:
        """Where a name is filed."""
        for keys in filter(None, keys_of_name(name)):
            node = self._root
            for key in keys:
                node = node.after.setdefault(key, _Node())
            yield node

    def _found(self, text: str) -> Iterator[_Node]:
        if not self.terms:
            return
        words, at = words_of_text(text[:_MOST_CHARACTERS]), 0
        while at < len(words):
            end, node = _longest(self._root, words, at)
            if node is not None and node.named:
                yield node
            at = max(end, at + 1)


@cache
def _borders() -> tuple[str, ...]:
    return tuple((Path(__file__).parent / "borders.txt").read_text("utf-8").split())


def _longest(node: _Node, words: Sequence[Word], at: int) -> tuple[int, _Node | None]:
    """The longest name that begins at a word: where it ends, and its node."""
    best: tuple[int, _Node | None] = (at, node if node.is_end else None)
    if at == len(words):
        return best
    for key in words[at].keys:
        after = node.after.get(key)
        if after is None:
            continue
        is_over = at + 1 < len(words) and not words[at + 1].is_joined
        here = (at + 1, after if after.is_end else None)
        found = here if is_over else _longest(after, words, at + 1)
        best = max(best, found, key=lambda one: (one[1] is not None, one[0]))
    return best


def _forms(term: GlossaryTerm, said: Collection[str], query: str) -> tuple[str, ...]:
    """What a document may call it: each name in both scripts, save what the query has as it is."""
    names = [name for name in term.names if name not in said or HAN.search(name)]
    forms = (form for name in names[:_MOST_NAMES] for form in (name, traditional(name)))
    return tuple(form for form in dict.fromkeys(forms) if not (HAN.search(form) and form in query))
