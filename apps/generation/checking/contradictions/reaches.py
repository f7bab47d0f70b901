"""How far a word that denies or requires reaches, and what it is said of first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.generation.checking.contradictions.cues import Cue, Kind
from apps.generation.reading.terms import Token, is_han, is_stop, tokens, word_list

BORDER = re.compile(
    r"[;()。；，：、!?]|[,:](?!\d)|\.(?=\s|$)|\b(?:but|however|although|though|because|which|who|whom|"
    r"that|if|unless|until|while|whereas|when|where|whether|since|yet)\b|但|而|如果|若|因为|虽然|除非|并且"
)
_REACH = 12  # words
_NEXT = 3
END = ""  # behind the last word
_DO = frozenset(("do", "does", "did"))
# Between a cue and what it denies or requires.
_LIGHT = frozenset(
    one.norm
    for word in word_list(
        """
        yet fully been completely entirely always generally usually normally necessarily currently
        ever even actually really still already be have has only also otherwise directly any all
        every such too very much more longer first
        """
    )
    for one in tokens(word)
)
_LIGHT_ZH = re.compile(
    r"(?:再|曾|被|予以?|进行|能够?|会|将|要|是|为|有|以|得|可以?|对|把|由|在|于|到|过|了|全部|完全|一定|"
    r"必须|都|仍|直接|任何|其他|其它|相关|经|向|与|和|同|按|从|给|让|使|应当?|须|的|也|还|很|太|至)+"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """A cue with what it reaches: `plain[start:end]`, which ends with `focus`, what it is said of
    first; from there to `stop` it may reach or not. `before` and `behind`: the words next to it.
    Empty focus: its clause ends at once."""

    kind: Kind
    focus: str
    before: str
    behind: tuple[str, ...]
    start: int
    end: int
    stop: int


def reach_of(cue: Cue, plain: str, words: Sequence[Token]) -> Reach | None:
    """Of a cue of a plain text with these words; None when nothing stands behind it."""
    border = BORDER.search(plain, cue.end)
    stop = border.start() if border else len(plain)
    later = [word for word in words if cue.end <= word.start]
    behind = [word for word in later if word.start < stop][:_REACH]
    if not later:
        return None
    start, end = _focus(cue, plain, behind) or (cue.end, cue.end)
    before = [word.norm for word in words if word.end <= cue.start and word.norm not in _DO]
    first = next((word.norm for word in behind if word.start == start), "")
    return Reach(
        kind=cue.kind,
        focus=plain[start:end] if first and is_han(first) else first,
        before=before[-1] if before else "",
        behind=(*(word.norm for word in later[:_NEXT]), END)[:_NEXT],
        start=cue.end,
        end=end,
        stop=max(end, behind[-1].end if behind else end),
    )


def _focus(cue: Cue, plain: str, behind: Sequence[Token]) -> tuple[int, int] | None:
    """Where the first word of matter behind a cue stands; in Chinese two characters."""
    if not behind:
        return None
    stop = behind[-1].end
    light = _LIGHT_ZH.match(plain, cue.end)
    first = light.end() if light and light.end() < stop else cue.end
    for word in behind:
        if is_han(word.norm):
            if word.start < first:
                continue
            is_pair = word.end < stop and is_han(plain[word.end])
            return word.start, word.end + is_pair
        if not is_stop(word.norm) and word.norm not in _LIGHT:
            return word.start, word.end
    return None
