"""A term of a glossary."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """One idea: its English and its Chinese name (one of them may be empty), what else it is called
    in either language, and what it means where that needs saying.

    `ambiguous`: those of its names that may also mean something else.
    """

    en: str
    zh: str
    others: tuple[str, ...] = ()
    note: str = ""
    ambiguous: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it is called; the two names first."""
        return tuple(name for name in (self.en, self.zh, *self.others) if name)

    @property
    def line(self) -> str:
        """For people and language models: `earnings per share = 每股收益 (EPS, 每股盈利)`."""
        named = " = ".join(filter(None, (self.en, self.zh)))
        others = f" ({', '.join(self.others)})" if self.others else ""
        return f"{named}{others}{f': {self.note}' if self.note else ''}"
