"""What of a language model's words goes out, and when: marks are checked, nothing is taken back."""

import re
from collections.abc import Sequence

from apps.generation.checking.claims import Claim, claims_of
from apps.generation.checking.sentences import claim_support
from apps.generation.checking.support import SUPPORTED, UNSUPPORTED, best_support
from apps.generation.prompts.rules import MARKER
from apps.generation.reading.terms import content_terms, numbers_in

_LIST = r"(?:passages?|sources?|段落|来源|來源|\^)?\s*(\d{1,3}(?:\s*[,，、;；–-]\s*\d{1,3})*)"
_MARKS = re.compile(rf"([ \t]*)[\[【]\s*{_LIST}\s*[\]】]", re.IGNORECASE)
_UNFINISHED = re.compile(r"[ \t]*(?:[\[【][^\]】\n]{0,32})?$")
_MARKER = re.compile(rf"[ \t*_`\"'“「]*{MARKER}[*_`\"'”」.。]*", re.IGNORECASE)
_THINKING = re.compile(r"^\s*<think>.*?(</think>\s*|$)", re.DOTALL)
_THINKS = "<think>"
_AROUND, _ENDINGS = " \t*_`\"'“「-–•>#", "\n.!?…:]。！？：】"
_MOST_RANGE = 10
_LEAST_TERMS = 2
_REFUSES = re.compile(
    r"\b(?:passages?|documents?|sources?|context|texts?|information)\b[^.]{0,40}"
    r"\b(?:do(?:es)?|did|is|are)\s*(?:not|n['’]t)\s+(?:\w+\s+){0,2}"
    r"(?:contain|mention|say|provide|provided|include|specify|state|answer|give|address)"
    r"|\b(?:can\s?not|can['’]t|unable to|could not)\s+(?:be\s+)?(?:find|found|answer|determine)"
    r"|\bno (?:information|mention|answer)\b"
    r"|(?:段落|文档|文檔|文件|资料|資料|上下文|文中|信息|資訊)[^。]{0,8}(?:没有|沒有|未|并未|並未|不)"
    r"[^。]{0,4}(?:提到|提及|说明|說明|包含|包括|找到|回答|给出|給出|涉及)"
    r"|(?:无法|無法|不能)(?:回答|确定|確定|找到|得知|判断|判斷)",
    re.IGNORECASE,
)


class Telling:
    """Takes a model's pieces, gives what may go out.

    Held back until a sentence of it is held up by the passages: before that nobody sees anything,
    so an answer without ground is never seen, and what was seen stays. Marks become `[1]`, `[2]`
    in the order in which passages are first cited; marks of passages that were not given vanish,
    as do the model's thoughts and the marker of refusal.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = sources
        self._raw = ""  # not looked at yet: it may be the beginning of a mark
        self._held = ""  # in its final form, but not gone out
        self._claims_held = 0
        self._thinks: bool | None = None  # None: not known yet
        self.text = ""  # what went out
        self.cited: list[int] = []  # the passage (from 0) that each number stands for
        self.is_over = False  # the marker came: nothing that follows counts

    def add(self, piece: str) -> str:
        """What goes out now."""
        if self.is_over:
            return ""
        self._raw += piece
        if self._is_thinking():
            return ""
        ready = len(self._raw) - len(_unfinished(self._raw))
        self._take(ready)
        return self._released(is_end=False)

    def end(self) -> str:
        """The rest; with the marks of the passages that hold it up when the model put none."""
        if not self.is_over and not self._is_thinking():
            self._take(len(self._raw))
        self._held = self._held if self.text else self._held.strip()
        return self._released(is_end=True)

    def marked(self) -> str:
        """What goes out behind an answer without a mark: those of passages that hold it up."""
        if self.cited or not self.text:
            return ""
        for claim in claims_of(self.text):
            levels = [best_support(claim.said, [source]) for source in self._sources]
            n = next((n for n, level in enumerate(levels) if level != UNSUPPORTED), None)
            if n is not None and n not in self.cited:
                self.cited.append(n)
        marks = " " + "".join(f"[{n}]" for n in range(1, len(self.cited) + 1))
        self.text += marks
        return marks

    def _is_thinking(self) -> bool:
        """Whether all that came so far are thoughts; finished ones are dropped."""
        if self._thinks is False:
            return False
        begun = self._raw.lstrip()
        if not begun.startswith(_THINKS):
            self._thinks = None if _THINKS.startswith(begun) else False
            return self._thinks is None and bool(begun)
        found = _THINKING.match(self._raw)
        if found is None or not found[1]:
            self._thinks = True
            return True
        self._raw, self._thinks = self._raw[found.end() :], False
        return False

    def _take(self, length: int) -> None:
        """The first characters of what came are whole: put them in their final form."""
        taken, self._raw = self._raw[:length], self._raw[length:]
        before = self.text + self._held
        for marker in _MARKER.finditer(taken):
            if _is_between_sentences(before + taken[: marker.start()]):
                taken, self._raw, self.is_over = taken[: marker.start()], "", True
                break
        self._held += _MARKS.sub(lambda mark: self._mark(mark, before + mark.string), taken)

    def _mark(self, found: re.Match[str], all_text: str) -> str:
        if all_text[: len(all_text) - len(found.string) + found.start()].count("`") % 2:
            return found[0]  # inside code
        marks = ""
        for n in _numbers(found[2]):
            if 0 < n <= len(self._sources):
                if n - 1 not in self.cited:
                    self.cited.append(n - 1)
                mark = f"[{self.cited.index(n - 1) + 1}]"
                marks += "" if mark in marks else mark
        return found[1] + marks if marks else ""

    def _released(self, *, is_end: bool) -> str:
        if not self.text and not self._is_grounded(is_end=is_end):
            return ""
        out, self._held = self._held, ""
        if not self.text:
            out = out.lstrip()
        self.text += out
        return out

    def _is_grounded(self, *, is_end: bool) -> bool:
        """Whether a whole sentence of what is held stands in the passages."""
        claims = claims_of(self._held)
        whole = claims if is_end or self.is_over else claims[:-1]
        if len(whole) == self._claims_held and not is_end:
            return False
        self._claims_held = len(whole)
        cited = [self._sources[n] for n in self.cited]
        return any(self._holds(claim, cited) for claim in whole)

    def _holds(self, claim: Claim, cited: Sequence[str]) -> bool:
        """What cites nothing must stand in a passage, not only resemble it."""
        if _REFUSES.search(claim.said) or not _says_something(claim.said):
            return False
        if not claim.numbers:
            return best_support(claim.said, self._sources) == SUPPORTED
        return claim_support(claim, cited) != UNSUPPORTED


def _is_between_sentences(before: str) -> bool:
    """Whether no sentence is begun. Inside one the marker is a word of the documents: an error
    code, a file's name."""
    said = before.rstrip(_AROUND)
    return not said or said[-1] in _ENDINGS


def _says_something(said: str) -> bool:
    """A word or two of no matter stand in any passage."""
    return len(set(content_terms(said))) >= _LEAST_TERMS or bool(numbers_in(said))


def _numbers(listed: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"\s*[,，、;；]\s*", listed):
        first, *last = (int(n) for n in re.split(r"\s*[–-]\s*", part) if n)
        end = last[0] if last and first <= last[0] <= first + _MOST_RANGE else first
        numbers += range(first, end + 1)
    return numbers


def _unfinished(text: str) -> str:
    """The end of `text` that may become a mark or the marker of refusal."""
    found = _UNFINISHED.search(text)
    mark = found[0] if found else ""
    upper = text[-len(MARKER) :].upper()
    begun = next(
        (upper[-size:] for size in range(len(upper), 0, -1) if MARKER.startswith(upper[-size:])), ""
    )
    return mark if len(mark) >= len(begun) else text[-len(begun) :]
