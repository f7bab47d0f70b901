"""What a trace tells of itself, in the words of the administrator's page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from apps.core.text import labelled
from apps.generation.checking.contradictions.comparing import Clash
from apps.generation.links import page_link
from apps.generation.models import Trace

SHORT = 12  # characters of a hash that tell two models apart

_CLASHES = {
    Clash.DENIAL: gettext_lazy("Says the opposite of source %(n)s: one of them denies it."),
    Clash.DUTY: gettext_lazy("Requires, allows or forbids something else than source %(n)s."),
    Clash.OPPOSITE: gettext_lazy("Says the opposite of source %(n)s."),
    Clash.NUMBER: gettext_lazy("Has another number or unit than source %(n)s."),
    Clash.BOUND: gettext_lazy("Names another limit than source %(n)s: “at least” for “at most”."),
}
_NO_SOURCE = gettext_lazy("Has a number that none of its sources has.")


def weighed_words(candidates: Sequence[Mapping[str, Any]]) -> SafeString:
    """Each passage with its ranks and the reader's score, best first (`candidates_named`)."""
    rows = ((_passage(one), " · ".join(_ways(one))) for one in candidates)
    return format_html_join("", "<li>{}<br><small>{}</small></li>", rows)


def considered_words(trace: Trace) -> str:
    """Through how many passages the search went; empty where it was not noted."""
    counts = trace.made_with.get("considered", {})
    if "fused" not in counts:
        return ""
    known = {"lexical": 0, "dense": 0, "read": 0} | counts
    return _(
        "%(lexical)s passages by words, %(dense)s by meaning, %(fused)s together; "
        "%(read)s were read closely."
    ) % {name: known[name] for name in ("lexical", "dense", "fused", "read")}


def left_out_words(trace: Trace) -> str:
    """What the asker's rights left out: numbers only."""
    told = trace.made_with.get("left_out")
    if told is None:
        return ""
    lines = [
        ngettext(
            "%(n)d collection that the asker may not read was not searched.",
            "%(n)d collections that the asker may not read were not searched.",
            told["collections"],
        )
        % {"n": told["collections"]},
        ngettext(
            "%(n)d collection was searched only in single documents.",
            "%(n)d collections were searched only in single documents.",
            told["partly"],
        )
        % {"n": told["partly"]},
        ngettext(
            "%(n)d document is kept from the asker.",
            "%(n)d documents are kept from the asker.",
            told["documents"],
        )
        % {"n": told["documents"]},
    ]
    counts = (told["collections"], told["partly"], told["documents"])
    return " ".join(line for line, n in zip(lines, counts, strict=True) if n) or _("Nothing.")


def contradicted_words(trace: Trace) -> SafeString:
    """Each sentence of the answer that its sources contradict, with the reason."""
    rows = (
        (
            trace.answer[one["start"] : one["end"]],
            (_CLASHES[Clash(one["reason"])] if one["against"] else _NO_SOURCE)
            % {"n": one["against"]},
        )
        for one in trace.sentences
        if one.get("reason")
    )
    return format_html_join("", "<div>“{}”<br><small>{}</small></div>", rows)


def version_words(trace: Trace) -> SafeString:
    """The versions of all that took part; the model that wrote stands in its own field."""
    made = trace.made_with
    rows = [
        (_("Program"), made.get("program", "")),
        (_("Embedding model"), _model(made.get("embedder", ""), made.get("embedder_sha256", ""))),
        (pgettext("a model that reads passages", "Reader"), made.get("reader_sha256", "")[:SHORT]),
        (_("Change of the database"), made.get("change_seq", "")),
    ]
    return format_html_join("", "<div>{}</div>", ((labelled(*row),) for row in rows if row[1]))


def _passage(one: Mapping[str, Any]) -> SafeString:
    cited = format_html(" <strong>[{}]</strong>", one["cited"]) if one["cited"] else ""
    place = _("page %(page)s") % {"page": one["page"]}
    address = page_link(one)
    return format_html(
        '<a class="cb-link" href="{}">{}</a>, {}{}', address, one["title"], place, cited
    )


def _ways(one: Mapping[str, Any]) -> list[str]:
    words = {"lexical": _("by words: place %(rank)s"), "dense": _("by meaning: place %(rank)s")}
    ways = [words[leg] % {"rank": one["legs"][leg]} for leg in words if leg in one["legs"]]
    if one["relevance"] is not None:
        ways.append(_("reader's score %(score)s") % {"score": f"{one['relevance']:+.2f}"})
    return ways


def _model(name: str, sha256: str) -> str:
    return f"{name} ({sha256[:SHORT]})" if name else ""
