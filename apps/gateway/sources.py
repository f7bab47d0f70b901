"""The sources of an answer, as programs elsewhere are told them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from rest_framework.request import Request

from apps.core import config
from apps.core.addresses import web_address
from apps.generation.answers import Answer
from apps.generation.cited import UNKNOWN, as_json, cited_versions
from apps.generation.degradation import told_in_headers
from apps.generation.links import page_link

MARK = re.compile(r"\[(\d{1,3})\]")
NEAREST = 3
_MARKUP = re.compile(r"([\\`*_\[\]<>])")


@dataclass(frozen=True, slots=True)
class Site:
    """Where people open what is cited: service.public_url, else the address that was called."""

    root: str

    @classmethod
    def of(cls, request: Request) -> Self:
        """As this caller sees us."""
        public = config.load().service.public_url.rstrip("/")
        return cls(public or f"{request.scheme}://{request.get_host()}")

    def opened(self, place: Mapping[str, Any]) -> str:
        """The document's own web address, or its page in the portal, the words marked."""
        return web_address(str(place.get("url") or "")) or self.root + page_link(place)


def cited(answer: Answer, site: Site) -> Sequence[dict[str, Any]]:
    """The citations as our own API tells them, with whole addresses. One query."""
    versions = cited_versions(one.version for one in answer.citations)
    told = []
    for one in map(as_json, answer.citations):
        version = versions.get(one["version"], UNKNOWN)
        told.append(
            one
            | {
                "url": site.opened(one),
                "version_number": version.number,
                "is_current": version.is_current,
                "collection": str(version.collection) if version.collection else None,
                "media_type": version.media_type,
            }
        )
    return told


def marks(text: str, citations: Sequence[Mapping[str, Any]]) -> Sequence[tuple[int, int, int]]:
    """Start, end and number of each `[n]` in the text that names a citation, in order."""
    known = {one["n"] for one in citations}
    found = ((mark.start(), mark.end(), int(mark[1])) for mark in MARK.finditer(text))
    return [mark for mark in found if mark[2] in known]


def near(answer: Answer, site: Site) -> Sequence[dict[str, Any]]:
    """The passages that came closest, where there is no answer, best first."""
    return [
        {
            "chunk": str(hit.chunk),
            "document": str(hit.document),
            "version": str(hit.version),
            "collection": str(hit.collection),
            "title": hit.title,
            "path": hit.path,
            "page": hit.page,
            "heading": hit.heading,
            "text": hit.text,
            "start": hit.start,
            "end": hit.end,
            "url": site.opened(
                {
                    "document": hit.document,
                    "version": hit.version,
                    "page": hit.page,
                    "start": hit.start,
                    "end": hit.end,
                }
            ),
        }
        for hit in answer.nearest
    ]


def extras(answer: Answer, site: Site) -> dict[str, Any]:
    """What our own API tells of an answer beside its text."""
    return {
        "answered": answer.is_answered,
        "confidence": answer.confidence,
        "short_answer": answer.short_answer,
        "sentences": [asdict(one) for one in answer.sentences],
        "engine": answer.engine,
        "profile": answer.profile,
        "degraded": list(answer.degraded),
        "trace": str(answer.trace),
        "nearest": near(answer, site),
    }


def headers(answer: Answer | None) -> dict[str, str]:
    """What a reply in one piece says in its head."""
    if answer is None:
        return {}
    return {"X-Clawdbot-Trace": str(answer.trace), **told_in_headers(answer)}


def nearest_lines(answer: Answer, site: Site) -> str:
    """The closest passages as lines of Markdown: the refusal says that they are listed below."""
    lines = []
    for hit in near(answer, site)[:NEAREST]:
        title = _MARKUP.sub(r"\\\1", hit["title"])
        lines.append(f"- [{title} · {hit['page']}]({hit['url']})")
    return "\n\n" + "\n".join(lines) if lines else ""
