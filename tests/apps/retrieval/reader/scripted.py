"""A reader whose answers are written down in the texts it reads."""

import re

from apps.retrieval.protocols import Calibration, Read, Span

_FIGURE = re.compile(r"relevance (-?\d+)")


class ScriptedReader:
    """`relevance 7` in a passage is its relevance and its span; without one it is out of reach."""

    sha256, languages, at_once = "0" * 64, frozenset({"en", "zh"}), 2

    def __init__(self, **calibration):
        self.calibration = {"en": Calibration(**calibration)}
        self.asked = []

    def read(self, question, passages, *, deadline, at_least=1):
        self.asked += [text for _, text in passages]
        return [self._read(text) for _, text in passages]

    def _read(self, text):
        found = _FIGURE.search(text)
        if found is None:
            return None
        relevance = float(found[1])
        return Read(relevance, (Span(found.start(), found.end(), relevance),))
