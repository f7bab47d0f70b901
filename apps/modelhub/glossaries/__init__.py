"""Glossaries: the terms of a trade in English and Chinese, and the finding of them in texts."""

from apps.modelhub.glossaries.glossary import Expansion, Glossary, Synonyms
from apps.modelhub.glossaries.terms import GlossaryTerm

__all__ = ["Expansion", "Glossary", "GlossaryTerm", "Synonyms"]
