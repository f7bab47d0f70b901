"""A trade's terms, found in texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.modelhub.glossaries.terms import GlossaryTerm


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a query says in other words: `terms` found in it, `added` names that it does not use."""

    terms: tuple[GlossaryTerm, ...] = ()
    added: tuple[str, ...] = ()


class Glossary:
    """Terms, found in any text by their names. Immutable; safe for many threads."""

    def __init__(self, terms: Sequence[GlossaryTerm] = ()) -> None:
        self.terms = tuple(terms)

    def terms_in(self, text: str, *, limit: int = 12) -> Sequence[GlossaryTerm]:
        """The terms that stand in `text`, those that stand in it most often first."""
        return ()

    def expansions(self, query: str) -> Expansion:
        """What the terms of `query` are called otherwise."""
        return Expansion()
