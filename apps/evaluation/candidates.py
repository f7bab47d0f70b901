"""Asking with something else than what is in force: what a switch would bring, before it is made.

A candidate is stored as JSON: {"generation": key}, {"profile": name, "collection": key}, or
{"of": profile, "engine": name, "model": name}, or {"config": digest}, which only a process that
read this clawdbot.yaml can try; empty: what is in force.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import NotFound
from apps.modelhub.profiles import ProfileSpec
from apps.modelhub.profiles.current import profiles_tried
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.searched import generation_tried

Candidate = Mapping[str, Any]
DECIDING = {"model", "retrieval", "answers", "engines"}  # sections that decide what is answered


@contextmanager
def tried(candidate: Candidate) -> Iterator[str]:
    """Inside, searches and answers of this thread use it. Yields the profile to name, or "".

    Raises NotFound when its index is not there any more.
    """
    if "generation" in candidate:
        with generation_tried(_generation(candidate["generation"])):
            yield ""
    elif "of" in candidate:
        with profiles_tried(lambda spec: _changed(spec, candidate)):
            yield ""
    elif "profile" in candidate:
        yield candidate["profile"] or config.load().model.type
    elif "config" in candidate and candidate != configured():
        raise NotFound(_("The clawdbot.yaml that was to be tried is not the one here."))
    else:
        yield ""


def configured() -> dict[str, Any]:
    """What this process's clawdbot.yaml says of search and answers, as a candidate."""
    told = config.load().model_dump(mode="json", include=DECIDING)
    text = json.dumps(told, sort_keys=True)
    return {"config": hashlib.sha256(text.encode()).hexdigest()[:12]}


def described(candidate: Candidate) -> str:
    """What is tried, in words; empty for what is in force."""
    if "generation" in candidate:
        row = EmbeddingGeneration.objects.filter(pk=candidate["generation"]).first()
        return _("embedding model %(name)s") % {"name": row or candidate["generation"]}
    if "of" in candidate:
        told = _("profile %(profile)s answered by %(engine)s")
        engine = " ".join(filter(None, (candidate["engine"], candidate["model"])))
        return told % {"profile": candidate["of"], "engine": engine}
    if "config" in candidate:
        return _("another clawdbot.yaml")
    if "profile" in candidate:
        usual = config.load().model.type
        return _("profile %(profile)s") % {"profile": candidate["profile"] or usual}
    return ""


def concerns(candidate: Candidate, *, collection_id: int, profile: str) -> bool:
    """Whether answers about a collection (that has this profile) could change with it."""
    if "collection" in candidate:
        return bool(candidate["collection"] == collection_id)
    if "of" in candidate:
        return bool(candidate["of"] == (profile or config.load().model.type))
    return True


def _generation(key: int) -> EmbeddingGeneration:
    found = EmbeddingGeneration.objects.filter(pk=key).first()
    if found is None or found.state == EmbeddingGeneration.State.DISCARDED:
        raise NotFound(_("The embedding model that was to be measured was discarded."))
    return found


def _changed(spec: ProfileSpec, candidate: Candidate) -> ProfileSpec:
    if spec.name != candidate["of"]:
        return spec
    return replace(spec, engine=candidate["engine"], model=candidate["model"])
