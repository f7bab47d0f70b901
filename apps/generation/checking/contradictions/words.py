"""English words whose base another word hides: irregular verbs, beginnings that deny."""

import re

from apps.generation.reading.terms import tokens

_FORMS = """
become:became begin:began begun bind:bound bear:bore born break:broke broken bring:brought
build:built buy:bought catch:caught choose:chose chosen come:came deal:dealt
draw:drew drawn drive:drove driven eat:ate eaten fall:fell fallen feel:felt fight:fought find:found
fly:flew flown forbid:forbade forbidden forget:forgot forgotten get:got gotten give:gave given
go:went gone grow:grew grown hang:hung hear:heard hide:hid hidden hold:held keep:kept
know:knew known lead:led leave:left lend:lent lie:lay lain lose:lost make:made mean:meant meet:met
pay:paid ride:rode ridden ring:rang rung rise:rose risen run:ran say:said see:saw seen seek:sought
sell:sold send:sent shake:shook shaken shine:shone shoot:shot shrink:shrank shrunk sing:sang sung
sink:sank sunk sit:sat sleep:slept slide:slid speak:spoke spoken spend:spent stand:stood
steal:stole stolen stick:stuck strike:struck swear:swore sworn swim:swam take:took taken
teach:taught tell:told think:thought throw:threw thrown understand:understood undertake:undertook
undertaken wear:wore worn win:won withdraw:withdrew withdrawn write:wrote written
"""


def base_of(norm: str) -> str:
    """`take` of `took`; anything else stays as it is."""
    return _BASES.get(norm, norm)


def _bases() -> dict[str, str]:
    """As the tokens of texts are stemmed, their forms and the base are."""
    found: dict[str, str] = {}
    base = ""
    for word in _FORMS.replace(":", ": ").split():
        if word.endswith(":"):
            base = tokens(word)[0].norm
        else:
            found[tokens(word)[0].norm] = base
    return found


_BASES = _bases()

_PREFIX = re.compile(r"^(?:un|in|im|ir|il|non|dis)(?=[a-z]{4})")
_FALSE_PREFIX = frozenset(
    word.norm
    for word in tokens(
        """
        information disposal income invest increase inside under union until discount discover
        display district disorder indeed industry individual imprint impress improve import
        impart input instance inland disease intent intend interest internal indicate include
        inform interview university universal understand unite united unity unit disclose
        disclosure inclose insure insured inquire incur incite immigrate instill install into
        independence invention inspire discourse dispute distress discipline distance
        """
    )
)


def bare_of(norm: str) -> str:
    """`refundable` of `nonrefundable`; empty without such a beginning."""
    found = _PREFIX.match(norm)
    return base_of(norm[found.end() :]) if found and norm not in _FALSE_PREFIX else ""
